"""月结: the month's summary, what must be done before a month closes, and the reports that stand for ever after."""
