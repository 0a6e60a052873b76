"""Weft plugin: documents, knowledge and contracts."""
