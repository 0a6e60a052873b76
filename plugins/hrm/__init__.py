"""People: employees and reporting lines, joining and leaving, leave, attendance, contracts, goals."""
