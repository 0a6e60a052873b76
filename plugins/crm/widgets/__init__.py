"""Tiles of the home pages, one module per subject."""
