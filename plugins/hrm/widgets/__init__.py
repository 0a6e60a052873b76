"""Tiles of home pages."""
