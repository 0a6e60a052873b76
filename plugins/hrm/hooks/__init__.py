"""What holds at every door."""
