"""Entities of the projects plugin."""
