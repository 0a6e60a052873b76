"""What the documents plugin keeps at every door."""
