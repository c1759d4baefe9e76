"""What the rows promise."""
