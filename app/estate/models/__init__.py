"""资料管理: the tree of companies, communities, buildings and rooms, and the people and vehicles in it."""

from app.estate.models.parking import ParkingLot, ParkingSpace, Vehicle
from app.estate.models.people import Customer, HouseholdMember, Occupancy, Pet
from app.estate.models.staff import Department, Employee
from app.estate.models.tree import Building, Community, Company, Room, RoomArea, ScopeGrant

__all__ = [
    "Building",
    "Community",
    "Company",
    "Customer",
    "Department",
    "Employee",
    "HouseholdMember",
    "Occupancy",
    "ParkingLot",
    "ParkingSpace",
    "Pet",
    "Room",
    "RoomArea",
    "ScopeGrant",
    "Vehicle",
]
