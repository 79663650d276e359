"""Books that hold: a paper of every kind, written row by row, so that a test may break any of it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.billing.models import Charge
from app.billing.operations import open_period
from app.billing.operations.month_sums import Moved, add_moved
from app.billing.states import ApprovalState
from app.collection.models import (
    Adjustment,
    Allocation,
    CashHandover,
    Deposit,
    DepositEntry,
    Prepayment,
    PrepaymentEntry,
    Receipt,
    ReceiptTender,
    ReceiptVoid,
    Refund,
    Waiver,
)
from app.collection.states import (
    MOVES,
    AllocationKind,
    DepositKind,
    HandoverState,
    PrepaymentKind,
    ReceiptState,
    RefundKind,
    Tender,
    VoidKind,
)
from app.kernel.periods import Period
from app.lowcode.numbers import Counter
from tests.integration.collection.ledger import add_charge, add_customer, add_fee

D = Decimal
JANUARY = Period(2025, 1)
DAY = date(2025, 1, 10)
LATER = date(2025, 1, 20)


class Books:
    """January of one community with two cashiers; ids by name."""

    def __init__(self, session: Session, place: Any, cashier: int, other: int) -> None:
        self._session, self._community = session, place.community_id
        self.ids: dict[str, int] = {}
        open_period(session=session, community_id=place.community_id, period=JANUARY)
        fee = self.ids["fee"] = add_fee(session)
        who = self.ids["customer"] = add_customer(session, place.community_id)
        self._charges = {
            name: add_charge(session, customer_id=who, fee_id=fee, amount=amount, room_id=place.room_ids[0])
            for name, amount in {"paid": "100.00", "void": "50.00", "moved": "80.00"}.items()
        }
        self.ids |= {f"charge_{name}": key for name, key in self._charges.items()}
        self._common = {"customer_id": who, "room_id": place.room_ids[0]}
        self._place = {"building_id": place.building_id, "room_id": place.room_ids[0], "fee_item_id": fee}
        self._accounts()
        self._papers(cashier)
        self._asked(who, place.room_ids[0], fee, other)
        self._checked_copies()
        for kind, value in {"receipt": 3, "reversal": 1, "refund": 2, "handover": 1}.items():
            self.add(Counter, kind=kind, year=2025, value=value)

    def add(self, model: Any, name: str = "", **values: Any) -> int:
        """A row as it is to stand in the table; returns its id, kept under `name`."""
        row = {"community_id": self._community, **values}
        table = model.__table__
        key: int = self._session.scalars(insert(table).values(row).returning(table.c.id)).one()
        if name:
            self.ids[name] = key
        return key

    def allocate(self, charge: str, amount: str, kind: AllocationKind, day: date = DAY, **links: Any) -> None:
        """An allocation to one of the charges, and its part of the month's sums."""
        self.add(
            Allocation,
            f"allocation_{charge}_{kind.value}",
            **self._place,
            period=JANUARY,
            kind=kind,
            charge_id=self._charges[charge],
            day=day,
            posting_period=Period.of(day),
            amount=D(amount),
            **links,
        )
        moved = Moved(
            self._community,
            Period.of(day),
            self._place["building_id"],
            self.ids["fee"],
            JANUARY,
            MOVES[kind],
            -D(amount),
        )
        add_moved(session=self._session, moved=[moved])

    def _accounts(self) -> None:
        who = self._common
        self.add(Prepayment, "prepayment", **who, account="1", balance=D("30.00"))
        self.add(Deposit, "deposit", **who, item="装修押金", account="1", balance=D("400.00"))

    def _receipt(self, name: str, serial: int, total: str, cashier: int, **more: Any) -> int:
        parts = {"settled": D(0), "prepaid": D(0), "deposited": D(0)}
        parts |= {part: D(more.pop(part)) for part in list(parts) if part in more}
        key = self.add(
            Receipt,
            name,
            number=f"SJ2025{serial:06d}",
            customer_id=self._common["customer_id"],
            day=DAY,
            posting_period=JANUARY,
            total=D(total),
            **parts,
            tendered=D(total),
            change_given=D(0),
            words="",
            state=more.pop("state", ReceiptState.VALID),
            year=2025,
            serial=serial,
            cashier_id=cashier,
            prints=0,
            **more,
        )
        self.add(ReceiptTender, f"tender_{name}", receipt_id=key, tender=Tender.CASH, amount=D(total))
        return key

    def _papers(self, cashier: int) -> None:
        """1: charge, prepayment and deposit; 2: voided on its day; 3: reversed ten days later."""
        handover = self._handover_row(cashier)
        one = self._receipt(
            "one",
            1,
            "750.00",
            cashier,
            settled="100.00",
            prepaid="150.00",
            deposited="500.00",
            handover_id=handover,
        )
        self.allocate("paid", "100.00", AllocationKind.PAYMENT, receipt_id=one)
        self._entry("in", PrepaymentKind.IN, "150.00", receipt_id=one)
        self._held("in", DepositKind.IN, "500.00", receipt_id=one)
        two = self._receipt(
            "two", 2, "50.00", cashier, settled="50.00", state=ReceiptState.VOID, handover_id=handover
        )
        self.allocate("void", "50.00", AllocationKind.PAYMENT, receipt_id=two)
        self.allocate("void", "-50.00", AllocationKind.VOID, receipt_id=two)
        self._void("void", two, VoidKind.VOID, "50.00", DAY, cashier_id=cashier)
        three = self._receipt(
            "three", 3, "20.00", cashier, settled="20.00", state=ReceiptState.REVERSED, handover_id=handover
        )
        self.allocate("moved", "20.00", AllocationKind.PAYMENT, receipt_id=three)
        self.allocate("moved", "-20.00", AllocationKind.REVERSAL, LATER, receipt_id=three)
        self._void(
            "reversal",
            three,
            VoidKind.REVERSAL,
            "20.00",
            LATER,
            cashier_id=cashier,
            number="CH2025000001",
            handover_id=handover,
        )
        self.allocate("moved", "60.00", AllocationKind.PREPAYMENT, prepayment_id=self.ids["prepayment"])
        self._entry("applied", PrepaymentKind.APPLIED, "-60.00", charge_id=self._charges["moved"])
        self._refund(
            "refund_prepaid",
            RefundKind.PREPAYMENT,
            "60.00",
            cashier,
            handover,
            "TK2025000001",
            prepayment_id=self.ids["prepayment"],
        )
        self._entry("refunded", PrepaymentKind.REFUNDED, "-60.00", refund_id=self.ids["refund_prepaid"])
        self._refund(
            "refund_deposit",
            RefundKind.DEPOSIT,
            "100.00",
            cashier,
            handover,
            "TK2025000002",
            deposit_id=self.ids["deposit"],
        )
        self._held("returned", DepositKind.RETURNED, "-100.00", refund_id=self.ids["refund_deposit"])

    def _handover_row(self, cashier: int) -> int:
        # 750 − 20 reversed + 20 of the receipt itself − 160 refunded
        return self.add(
            CashHandover,
            "handover",
            number="JK2025000001",
            cashier_id=cashier,
            cashier="李收费",
            first_day=DAY,
            last_day=LATER,
            day=LATER,
            first_number="SJ2025000001",
            last_number="SJ2025000003",
            receipts=3,
            voids=1,
            cash=D("590.00"),
            wechat=D(0),
            alipay=D(0),
            card=D(0),
            transfer=D(0),
            total=D("590.00"),
            words="",
            state=HandoverState.HANDED,
        )

    def _void(self, name: str, receipt: int, kind: VoidKind, total: str, day: date, **more: Any) -> None:
        self.add(
            ReceiptVoid,
            name,
            kind=kind,
            receipt_id=receipt,
            day=day,
            posting_period=Period.of(day),
            total=D(total),
            reason="错",
            **more,
        )

    def _entry(self, name: str, kind: PrepaymentKind, amount: str, **links: Any) -> None:
        self.add(
            PrepaymentEntry,
            f"prepayment_{name}",
            **self._common,
            prepayment_id=self.ids["prepayment"],
            kind=kind,
            day=DAY,
            posting_period=JANUARY,
            amount=D(amount),
            **links,
        )

    def _held(self, name: str, kind: DepositKind, amount: str, **links: Any) -> None:
        self.add(
            DepositEntry,
            f"deposit_{name}",
            **self._common,
            deposit_id=self.ids["deposit"],
            item="装修押金",
            kind=kind,
            day=DAY,
            posting_period=JANUARY,
            amount=D(amount),
            **links,
        )

    def _refund(
        self,
        name: str,
        kind: RefundKind,
        amount: str,
        cashier: int,
        handover: int,
        number: str,
        **account: Any,
    ) -> None:
        self.add(
            Refund,
            name,
            number=number,
            **self._common,
            kind=kind,
            tender=Tender.CASH,
            amount=D(amount),
            day=LATER,
            posting_period=JANUARY,
            cashier_id=cashier,
            handover_id=handover,
            **self._decided(cashier),
            **account,
        )

    def _decided(self, by: int) -> Mapping[str, Any]:
        return {
            "reason": "r",
            "state": ApprovalState.APPROVED,
            "requested_by_id": None,
            "requested_by": "李收费",
            "decided_by_id": by,
            "decided_by": "王经理",
            "decided_at": datetime(2025, 1, 20, tzinfo=UTC),
        }

    def _asked(self, who: int, room: int, fee: int, by: int) -> None:
        """On the voided receipt's charge: 10 waived, 5 more asked for; and a waiver that waits."""
        of = {
            "charge_id": self._charges["void"],
            "customer_id": who,
            "room_id": room,
            "fee_item_id": fee,
            "period": JANUARY,
            **self._decided(by),
        }
        posted = {"day": DAY, "posting_period": JANUARY}
        self.add(Waiver, "waiver", **of, **posted, amount=D("10.00"))
        self.allocate("void", "10.00", AllocationKind.WAIVER, waiver_id=self.ids["waiver"])
        self.add(Adjustment, "adjustment", **of, **posted, amount=D("5.00"))
        self.allocate("void", "-5.00", AllocationKind.ADJUSTMENT, adjustment_id=self.ids["adjustment"])
        waiting = {
            **of,
            "state": ApprovalState.PENDING,
            "decided_by_id": None,
            "decided_by": None,
            "decided_at": None,
        }
        self.add(Waiver, "waiting", **waiting, amount=D("1.00"))

    def _checked_copies(self) -> None:
        table = Charge.__table__
        copies = {
            "paid": {"paid": D("100.00"), "due": D("0.00")},
            "void": {"waived_later": D("10.00"), "adjusted": D("5.00"), "due": D("45.00")},
            "moved": {"paid": D("60.00"), "due": D("20.00")},
        }
        for name, values in copies.items():
            self._session.execute(update(table).where(table.c.id == self._charges[name]).values(values))
