"""What the service plugin does: the only place that writes."""
