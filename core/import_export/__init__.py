"""Weft core: import_export."""
