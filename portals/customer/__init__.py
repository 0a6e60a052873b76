"""Portal of the customers."""
