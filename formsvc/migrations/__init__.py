"""The history of the tables, one file a step; ``formsvc.db.migrate`` walks it."""
