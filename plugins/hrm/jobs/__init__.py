"""Scheduled work and events."""
