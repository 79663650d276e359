"""What is read for the month's end."""
