"""The official papers as they are before anything is filled in, written as code."""
