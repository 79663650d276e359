"""The rules of billing: pure, with dates and numbers in and out."""
