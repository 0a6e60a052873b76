"""Weft core: outbox."""
