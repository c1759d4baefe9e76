"""Many papers at once, of the rows of a file: read, made on all cores, and gone on with."""
