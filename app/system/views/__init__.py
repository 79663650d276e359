"""Pages of the system module."""
