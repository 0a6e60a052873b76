"""Weft core: reading the words of files, in a child process with limits."""
