"""收费设置 and 出账: fee items, standards, assignments, billing runs, charges."""
