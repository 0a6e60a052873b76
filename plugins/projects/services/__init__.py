"""What the projects plugin does: the plan, hours, acceptance; the only place that writes of the projects plugin."""
