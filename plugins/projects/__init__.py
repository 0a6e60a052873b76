"""Projects: plan, phases, milestones, tasks, hours, risks, and what customers and subcontractors see of them."""
