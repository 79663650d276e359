"""What is ours: the marks of every name, and the ids of the rows that visits are made to."""

from dataclasses import dataclass, field

ASKED, HIDDEN = "鹭鸣", "白芷"
"""Every name of ours begins with the one, which strangers ask for, and ends with the other, which nobody types."""

PHONE, PLATE, KEY = "13977712345", "云AB7白芷", "our-own-press"


def marked(text: str) -> str:
    """A name of ours."""
    return f"{ASKED}{text}{HIDDEN}"


@dataclass
class World:
    """Ids of ours; `free`: of each document a row that nothing refers to, which may be deleted."""

    community_id: int = 0
    company_id: int = 0
    building_id: int = 0
    room_id: int = 0
    other_room_id: int = 0
    unbilled_batch: int = 0
    unread_meter_id: int = 0
    customer_id: int = 0
    free_customer_id: int = 0
    fee_item_id: int = 0
    standard_id: int = 0
    unused_standard_id: int = 0
    unbilled_version_id: int = 0
    open_charge_id: int = 0
    charged_run_id: int = 0
    computed_run_id: int = 0
    receipt_id: int = 0
    handed_receipt_id: int = 0
    job_id: int = 0
    notice_id: int = 0
    session_id: int = 0
    waiting_job_id: int = 0
    imported_job_id: int = 0
    upload: str = ""
    clerk_id: int = 0
    away_id: int = 0
    role_id: int = 0
    space_id: int = 0
    lot_id: int = 0
    disabled_entry_id: int = 0
    neighbour_customer_id: int = 0
    neighbour_room_id: int = 0
    free: dict[str, int] = field(default_factory=dict)
    technicians: tuple[int, int] = (0, 0)
    employee_id: int = 0
    repairs: dict[str, int] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
