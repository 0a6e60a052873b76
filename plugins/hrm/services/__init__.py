"""What the plugin does: the only modules that write."""
