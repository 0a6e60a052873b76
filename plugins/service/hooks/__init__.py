"""What the service plugin keeps true on every write."""
