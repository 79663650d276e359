"""The pages of billing that are not a document's own: start a run, give out a standard."""
