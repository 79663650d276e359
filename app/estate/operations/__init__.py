"""What changes the estate; every writer of these documents (form, import, demo) comes through here."""
