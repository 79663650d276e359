"""收费台: find a customer, see all that is open, take the money, print the receipt."""

import json
from datetime import date
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any

from flask import abort, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.collection import operations
from app.collection.models import DEPOSIT_ITEM, Receipt
from app.collection.operations.advances import advance_until
from app.collection.queries import person, total_due
from app.collection.queries.accounts import Group, latest_receipts, open_groups, places_named
from app.collection.queries.balances import AccountBalance, fees_to_prepay, held_for, rooms_of
from app.collection.queries.desk_search import find_customers
from app.collection.queries.handover import figures_of, papers_waiting, taken_on
from app.collection.queries.open_tills import open_tills
from app.collection.queries.receipt_print import receipt_facts
from app.collection.states import ReceiptState, Rounding, Tender
from app.collection.views.desk_payload import BadBody, read_application, read_payment, read_until
from app.collection.views.desk_receipts import paid_json
from app.kernel.errors import N_, DomainError
from app.kernel.periods import Period
from app.kernel.phones import mask_phone
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.dictionary import entries
from app.lowcode.errors import message_of, refusal
from app.lowcode.lookups import look_up_text
from app.lowcode.permissions import may, needs
from app.lowcode.requests import takes_json
from app.lowcode.scope import OutOfScope, find
from app.lowcode.unit import in_unit_of_work

MOST_BYTES = 256 * 1024
MOST_ASKED = 50  # rooms or spaces that one search names
# What the page saw is no longer so: it reads the account again. Everything else is for the person to correct.
OVERTAKEN = {"already_settled", "key_reused"}
OVERTAKEN_IN_FULL = {"over_balance", "tenders_differ"}


class NoBackdating(DomainError):
    """A day other than today, without the permission."""

    code = "no_backdating"
    message = N_("您没有补记以前日期收款的权限，请把日期改为今天。")


class FutureDay(DomainError):
    """A day to come."""

    code = "future_day"
    message = N_("收款日期不能晚于今天。")


class DeskView(BaseView):
    """The cashier's page and what it asks."""

    route_base = "/desk"
    class_permission_name = "Desk"
    default_view = "index"
    menu_path = "/"
    action_verbs = ("backdate",)

    @expose("/")
    @needs("collect")
    def index(self) -> str:
        """Return the page; `?q=` is looked for at once."""
        return render_template(
            "desk.html",
            tenders=[(tender.value, _(tender.label)) for tender in Tender],
            cash=Tender.CASH.value,
            roundings=[(rounding.value, _(rounding.label)) for rounding in Rounding],
            fees=fees_to_prepay(session=db.session()),
            items=[(one.code, _(one.label)) for one in entries(DEPOSIT_ITEM) if one.active],
            query=request.args.get("q", "")[:60],
            can_pay=True,
            can_waive=may("waive", "Charge"),
            can_read_receipts=may("read", "Receipt"),
            can_hand_over=may("hand_over", "CashHandover"),
        )

    @expose("/find")
    @needs("collect")
    def find(self) -> dict[str, Any]:
        """Return the customers that the text may mean."""
        typed = request.args.get("q", "")
        found = look_up_text(
            typed, lambda: find_customers(session=db.session(), typed=typed, today=clock.today())
        )
        return {
            "customers": [
                {
                    "id": one.id,
                    "name": one.name,
                    "phone_masked": one.phone_masked,
                    "community": one.community,
                    "holdings": [
                        {"role": _(role.label), "rooms": codes} for role, codes in one.holdings.items()
                    ],
                    "due": _plain(one.due),
                    "room_ids": list(one.room_ids),
                    "space_ids": list(one.space_ids),
                }
                for one in found
            ]
        }

    @expose("/customer/<int:pk>.json")
    @needs("collect")
    def customer(self, pk: int) -> dict[str, Any]:
        """One person's open charges over every community in reach; `room`, `space`: what was searched."""
        if pk >= 2**63:
            abort(404)
        session, today = db.session(), clock.today()
        people = person(session=session, customer_id=pk)
        room_ids, space_ids = _ids("room"), _ids("space")
        groups, more = open_groups(session=session, people=people, room_ids=room_ids, space_ids=space_ids)
        held, asked = held_for(session=session, people=people), people[0]
        return {
            "customer": {
                "id": asked.id,
                "name": asked.name,
                "phone_masked": mask_phone(asked.phone) if asked.phone else "",
                "community": "、".join(one.community.name for one in people),
                "kind": _(asked.kind.label),
            },
            "groups": [_to_json(group, today) for group in groups],
            "searched": places_named(session=session, room_ids=room_ids, space_ids=space_ids),
            "more": more,
            "total_due": _plain(total_due(session=session, people=people) if more else _sum(groups)),
            "prepayment": _plain(sum((one.balance for one in held.prepayments), Decimal("0.00"))),
            "held": [{"label": _held_label(one), "balance": _plain(one.balance)} for one in held.prepayments],
            "deposits": [
                {"label": _held_label(one), "balance": _plain(one.balance)} for one in held.deposits
            ],
            "rooms": [
                {"id": key, "label": code}
                for key, code in rooms_of(session=session, customer_id=asked.id, today=today)
            ],
            "idempotency_key": token_urlsafe(18),
        }

    @expose("/customer/<int:pk>/receipts.json")
    @needs("collect")
    def receipts(self, pk: int) -> dict[str, Any]:
        """Return the person's latest receipts with what may be done to each, for who may read them."""
        if pk >= 2**63:
            abort(404)
        session = db.session()
        people = person(session=session, customer_id=pk)
        if not may("read", "Receipt"):
            return {"receipts": []}
        return {"receipts": [paid_json(one) for one in latest_receipts(session=session, people=people)]}

    @expose("/customer/<int:pk>/advance.json")
    @needs("collect")
    def advance(self, pk: int) -> Any:
        """Return what 预收 until a month comes to by the standards of now; `until` YYYY-MM, `fee` and `room` where named."""
        if pk >= 2**63:
            abort(404)
        session = db.session()
        asked = person(session=session, customer_id=pk)[0]
        try:
            until, fee_item_id, room_id = read_until(request.args)
            found = advance_until(
                session=session,
                customer=asked,
                today=clock.today(),
                until=until,
                fee_item_id=fee_item_id,
                room_id=room_id,
            )
        except DomainError as error:
            return refusal(message_of(error), 400, code=error.code, field=error.field)
        return {
            "amount": _plain(found.amount),
            "charges": _plain(found.charges),
            "held": _plain(found.held),
            "from": str(found.first),
            "until": str(found.until),
            "metered": found.metered,
        }

    @expose("/drawer")
    @needs("collect")
    def drawer(self) -> dict[str, Any]:
        """Return what the cashier took and has not handed over, by method; `today`: what of it was taken today."""
        session, today, me = db.session(), clock.today(), current_actor().user_id
        tills = open_tills(session=session, cashier_id=me)
        papers = papers_waiting(cashier_id=me, until=today)
        figures = figures_of(session=session, papers=papers)
        return {
            "papers": figures.papers,
            "total": _plain(figures.total),
            "today": _plain(taken_on(session=session, papers=papers, day=today)),
            "since": min(till.since for till in tills).isoformat() if tills else "",
            "tenders": [
                {"label": _(tender.label), "amount": _plain(amount)}
                for tender, amount in figures.by_tender.items()
                if amount
            ],
        }

    @expose("/pay", methods=["POST"])
    @needs("collect")
    @takes_json
    def pay(self) -> Any:
        """Take the money: receipts, or one clear sentence why not."""
        asked = read_payment(_json(), today=clock.today())
        if asked.day > clock.today():
            raise FutureDay(field="day")
        if asked.day < clock.today() and not may("backdate", "Desk"):
            raise NoBackdating(field="day")

        def operation() -> list[dict[str, Any]]:
            receipts = operations.pay(session=db.session(), request=asked)
            return [_made(receipt) for receipt in receipts]

        try:
            return {"receipts": in_unit_of_work(operation)}
        except DomainError as error:
            return refusal(message_of(error), _status(error, asked), code=error.code, field=error.field)

    @expose("/apply", methods=["POST"])
    @needs("collect")
    @takes_json
    def apply(self) -> Any:
        """用预收抵扣: settle the charges by what is held for their customer; how much it was."""
        asked = read_application(_json())

        def operation() -> dict[str, str]:
            applied = operations.apply_held(
                session=db.session(),
                customer_id=asked.customer_id,
                charge_ids=asked.charge_ids,
                day=clock.today(),
            )
            return {"applied": _plain(applied)}

        try:
            return in_unit_of_work(operation)
        except DomainError as error:
            status = 404 if error.code == OutOfScope.code else 409
            return refusal(message_of(error), status, code=error.code, field=error.field)

    @expose("/receipt/<int:pk>/print")
    @needs("print", "Receipt")
    def receipt(self, pk: int) -> str:
        """Return a receipt as it will be on paper: looking at it counts for nothing, and it does not print like this."""
        receipt = _receipt(pk)
        facts = receipt_facts(session=db.session(), receipt=receipt)
        return _paper(facts, reprint=receipt.prints > 0, preview=True)

    @expose("/receipt/<int:pk>/print", methods=["POST"])
    @needs("print", "Receipt")
    def print_receipt(self, pk: int) -> str:
        """Return a receipt to be printed now: counted, and from the second time on it says 补打."""

        def operation() -> tuple[dict[str, Any], int]:
            receipt = _receipt(pk)
            prints = operations.count_print(session=db.session(), receipt_id=pk)
            return receipt_facts(session=db.session(), receipt=receipt), prints

        facts, prints = in_unit_of_work(operation)
        return _paper(facts, reprint=prints > 1, preview=False)


def _paper(facts: dict[str, Any], *, reprint: bool, preview: bool) -> str:
    tenders = [{**line, "tender": _(line["tender"].label)} for line in facts["tenders"]]
    stamp = _(facts["state"].label) if facts["state"] is not ReceiptState.VALID else ""
    return render_template(
        "receipt_print.html",
        receipt={**facts, "tenders": tenders, "stamp": stamp, "reprint": reprint},
        receipts=None,
        preview=preview,
        print_now=not preview and not request.headers.get("X-Requested-With"),
    )


def _receipt(pk: int) -> Receipt:
    found: Receipt | None = find(db.session(), Receipt, pk) if pk < 2**63 else None
    if found is None:
        raise OutOfScope
    return found


def _json() -> object:
    """Return the body as JSON: numbers with a point or an exponent are no amounts, and there is a limit to its size."""
    if not request.is_json or (request.content_length or MOST_BYTES + 1) > MOST_BYTES:
        raise BadBody(field="body")
    try:
        return json.loads(request.get_data(), parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadBody(field="body") from error


def _status(error: DomainError, asked: operations.PaymentRequest) -> int:
    if error.code == OutOfScope.code:
        return 404
    overtaken = error.code in OVERTAKEN or (asked.amount is None and error.code in OVERTAKEN_IN_FULL)
    return 409 if overtaken else 400


def _made(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "number": receipt.number,
        "total": _plain(receipt.total),
        "settled": _plain(receipt.settled),
        "prepaid": _plain(receipt.prepaid),
        "deposited": _plain(receipt.deposited),
        "change": _plain(receipt.change_given),
        "words": receipt.words,
        "print_url": f"/desk/receipt/{receipt.id}/print",
        "url": f"/receipt/show/{receipt.id}" if may("read", "Receipt") else None,
    }


def _ids(name: str) -> list[int]:
    """Return the keys of the rooms or spaces that were searched; what is no key names nothing."""
    found = request.args.getlist(name)[:MOST_ASKED]
    return [int(text) for text in found if text.isascii() and text.isdigit() and len(text) <= 18]


def _to_json(group: Group, today: date) -> dict[str, Any]:
    period = Period.of(today)
    return {
        "payer": group.payer or _("其他"),
        "label": group.community,
        "asked": group.asked,
        "charges": [
            {
                "id": one.id,
                "fee": one.fee,
                "period": str(one.period),
                "from": one.starts.isoformat(),
                "to": one.ends.isoformat(),
                "amount": _plain(one.amount),
                "paid": _plain(one.paid),
                "due": _plain(one.due),
                "due_date": one.due_date.isoformat(),
                "ticked": group.asked and one.period <= period,
                "overdue": one.due_date < today,
                "community_id": one.community_id,
            }
            for one in group.charges
        ],
    }


def _sum(groups: list[Group]) -> Decimal:
    return sum((charge.due for group in groups for charge in group.charges), Decimal("0.00"))


def _held_label(one: AccountBalance) -> str:
    return " ".join(filter(None, (one.what or _("通用预收"), one.room, one.community)))


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
