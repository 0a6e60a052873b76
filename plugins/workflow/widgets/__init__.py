"""Tiles of the workflow plugin."""
