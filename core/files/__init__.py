"""Weft core: files."""
