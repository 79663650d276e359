"""资料管理: company, community, building, room, customer, occupancy, parking, property tree, imports."""
