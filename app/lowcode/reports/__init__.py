"""Reports: declared once, and the engine makes page, Excel, print, drill-down, chart, permission and menu entry of it."""
