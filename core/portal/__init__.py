"""Weft core: portal."""
