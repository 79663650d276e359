"""The month-end reports that closing a month keeps, a file each."""
