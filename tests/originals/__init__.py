"""The originals: what the official papers are before anything is filled in."""
