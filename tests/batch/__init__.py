"""Many papers at once, from the rows to the report."""
