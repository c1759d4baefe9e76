"""Many papers at once, of the rows of a file: read, made on all cores, and gone on with."""

from formsvc.batch.making import Outcome, run
from formsvc.batch.rows import JsonLines, RowFile, read

__all__ = ["JsonLines", "Outcome", "RowFile", "read", "run"]
