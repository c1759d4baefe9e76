"""Plain data in, bytes out: a room for each way a paper is made, met at its door alone."""
