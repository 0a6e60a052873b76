"""Weft core: testing."""
