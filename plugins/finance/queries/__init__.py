"""Reading in few statements."""
