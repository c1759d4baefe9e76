"""Plain data in, bytes out: one module for each way a paper is made."""
