"""A plugin whose second migration fails half-way."""
