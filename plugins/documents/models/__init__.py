"""Entities of the documents plugin."""
