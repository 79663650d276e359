"""系统管理: users, roles and what the office may configure."""
