"""What the workflow plugin checks before a write."""
