"""销售系统导入: a sales system's workbook is parsed, checked in a dry run and written as documents."""
