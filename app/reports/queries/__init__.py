"""What the reports read for the home page."""
