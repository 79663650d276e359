"""Pages of the service desk's own."""
