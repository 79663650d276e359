"""The import of a sales system's export (销售系统导入): what a file holds, judged row by row, before anything is stored."""
