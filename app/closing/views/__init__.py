"""The pages of the month's end."""
