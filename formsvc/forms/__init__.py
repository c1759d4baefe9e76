"""The papers as forms: one file each; fields, sections and rules."""
