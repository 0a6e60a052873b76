"""What the documents plugin does."""
