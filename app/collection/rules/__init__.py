"""The rules of collection: pure, with dates and numbers in and out."""
