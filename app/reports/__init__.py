"""统计报表, home cards and the demo."""
