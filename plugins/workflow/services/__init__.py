"""What the workflow plugin does; the only place that writes."""
