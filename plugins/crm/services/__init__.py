"""What the CRM does; the only place that writes. One module per subject."""
