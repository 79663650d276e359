"""The arithmetic of closing. Pure."""
