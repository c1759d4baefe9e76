"""formsvc: the papers around children who get help from several services at once."""

__version__ = "0.1.0"
