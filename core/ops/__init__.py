"""Weft core: ops."""
