"""菜单: what the modules register, and over it what the office arranged (菜单管理)."""
