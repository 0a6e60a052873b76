"""Weft core: mail."""
