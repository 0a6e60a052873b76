"""Portal of the suppliers."""
