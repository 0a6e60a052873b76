"""Portal of distributors and agents."""
