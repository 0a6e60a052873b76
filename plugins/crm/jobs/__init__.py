"""What the CRM does after commits and on schedules, one module per subject."""
