"""What the estate module registers."""

from app.estate.dictionaries import DICTIONARIES
from app.estate.models import (
    Building,
    Community,
    Company,
    Customer,
    Department,
    Employee,
    HouseholdMember,
    Occupancy,
    ParkingLot,
    ParkingSpace,
    Pet,
    Room,
    RoomArea,
    Vehicle,
)
from app.estate.operations.doubts import doubts_of_room, doubts_of_vehicle
from app.estate.operations.people import save_customer, save_member, save_occupancy, save_vehicle
from app.estate.operations.places import save_building, save_community, save_company, save_room
from app.estate.operations.staff import remove_staff, save_department, save_employee
from app.estate.queries.list_columns import LIST_COLUMNS, customer_notes, owners_of
from app.estate.queries.search import SEARCHES
from app.estate.reach import start
from app.estate.sales_import.command import import_sales_command
from app.estate.sales_import.job import CHECK_JOB, IMPORT_JOB, TITLE
from app.estate.sales_import.upload import remove_old_uploads
from app.estate.sales_import.views import SalesImportView
from app.estate.views.cards import age
from app.estate.views.leads import RESIDENTS
from app.estate.views.search import SearchView
from app.estate.views.tabs import within
from app.estate.views.tree import TreeView
from app.kernel.errors import N_
from app.lowcode.fields import Field
from app.lowcode.manifest import Entry, Manifest, Page

AREA_FROM = Field(
    N_("新面积从哪天起"),
    "date",
    name="area_from",
    shown=False,
    help=N_("建筑面积改变时填写：从这一天起按新面积计费，已出账的不变。"),
)
"""Asked for when a room is edited; needed only when its area changes."""

MANIFEST = Manifest(
    list_columns=LIST_COLUMNS,
    leads={"Room": (RESIDENTS,)},
    select_notes={"Customer": customer_notes, "Room": owners_of},
    name="estate",
    label=N_("资料管理"),
    icon="building-community",
    entries=(
        Entry(Company, save=save_company),
        Entry(Community, save=save_community, tabs=(within(Room), within(Customer))),
        Entry(
            Building,
            save=save_building,
            tabs=(within(Customer), within(Occupancy), within(ParkingSpace), within(Vehicle)),
        ),
        Entry(
            Room,
            save=save_room,
            extra_fields=(AREA_FROM,),
            doubts=doubts_of_room,
            tabs=(within(Customer), within(Vehicle), within(HouseholdMember), within(Pet)),
        ),
        RoomArea,
        Entry(Customer, save=save_customer, facts=age),
        Entry(HouseholdMember, save=save_member, facts=age),
        Pet,
        Entry(Occupancy, save=save_occupancy),
        ParkingLot,
        ParkingSpace,
        Entry(Vehicle, save=save_vehicle, doubts=doubts_of_vehicle),
        Entry(Department, save=save_department, remove=remove_staff),
        Entry(Employee, save=save_employee, remove=remove_staff),
        Page(SalesImportView, TITLE, "file-import", "import"),
        Page(TreeView),
        Page(SearchView),
    ),
    dictionaries=DICTIONARIES,
    searches=SEARCHES,
    commands=(import_sales_command,),
    job_handlers=(IMPORT_JOB, CHECK_JOB),
    ticks=(remove_old_uploads,),
    start=start,
)
