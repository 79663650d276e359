"""演示数据: communities with a believable history, made of nothing but a seed and a date."""
