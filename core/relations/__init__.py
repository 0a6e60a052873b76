"""Weft core: relations."""
