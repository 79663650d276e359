"""The view that every document has, in parts: list, form, show, what may be done."""
