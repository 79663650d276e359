"""交款: what a cashier has to hand over, the button that does it, and the 交款表 that 财务 signs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.collection import operations
from app.collection.models import CashHandover
from app.collection.queries.handover import Figures, Paper, figures_of, listed, papers_of, papers_waiting
from app.collection.queries.open_tills import OpenTill, open_tills
from app.collection.rules.cash_count import NOTES, BadPieces, CashCount
from app.collection.states import ReceiptState, Tender
from app.estate.models import Community
from app.kernel.chinese_amount import chinese_amount
from app.kernel.errors import N_, DomainError
from app.kernel.money import format_money
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.errors import message_of
from app.lowcode.fields import Field
from app.lowcode.home import Task
from app.lowcode.manifest import OpenWork
from app.lowcode.pages import Button, Tab
from app.lowcode.permissions import may, needs, require
from app.lowcode.scope import find
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value

MOMENT = Field("", "moment")
PAPER_URLS = {"receipt": "/receipt/show/", "reversal": "/receipt/show/", "refund": "/refund/show/"}


class BadCount(DomainError):
    """A counted sum that is no amount."""

    code = "bad_amount"
    message = N_("金额应写成 123.45 的样子，最多两位小数。")


@dataclass(frozen=True, slots=True)
class RefusedCount:
    """A count that was refused: the sentence, its field, and what was typed."""

    community_id: int
    sentence: str
    field: str
    typed: Mapping[str, str]


def read_count(form: Mapping[str, str]) -> CashCount:
    """Read the count of a hand-over's form. Raises BadCount, BadPieces."""
    pieces: dict[Decimal, int] = {}
    for note in NOTES:
        text = form.get(f"pieces-{note}", "").strip()
        if not text:
            continue
        if not text.isascii() or not text.isdigit() or len(text) > 6:
            raise BadPieces(field="pieces")
        pieces[note] = int(text)
    typed = form.get("counted", "").strip().replace(",", "")
    if typed and not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", typed):
        raise BadCount(field="counted")
    return CashCount(
        counted=Decimal(typed).quantize(Decimal("0.01")) if typed else None,
        pieces=pieces,
        reason=form.get("reason", "")[:200],
    )


class HandOverView(BaseView):
    """交款."""

    route_base = "/handover"
    class_permission_name = "CashHandover"
    default_view = "index"
    menu_path = "/"
    action_verbs = ("hand_over", "hand_over_for")

    @expose("/", methods=["GET", "POST"])
    @needs("hand_over")
    def index(self) -> Any:
        """Return what waits in each community (GET); hand over one community's (POST). `cashier`: another's, for who may."""
        cashier_id = _cashier()
        if request.method == "POST":
            return self._hand_over(cashier_id)
        return self._page(cashier_id)

    def _page(self, cashier_id: int, *, refused: "RefusedCount | None" = None) -> Any:
        """Return the tills; a refused count stands beside what was typed."""
        session, today = db.session(), clock.today()
        everybody = open_tills(session=session) if may("hand_over_for", "CashHandover") else None
        mine = [
            one
            for one in everybody or open_tills(session=session, cashier_id=cashier_id)
            if one.cashier_id == cashier_id
        ]
        tills = []
        for one in mine:
            papers = papers_waiting(cashier_id=cashier_id, community_id=one.community_id, until=today)
            told = _to_json(figures_of(session=session, papers=papers))
            tills.append((one, told, _rows(listed(session=session, papers=papers))))
        others = [one for one in everybody or () if one.cashier_id != cashier_id]
        page = render_template(
            "collection/handover.html",
            title=_("交款"),
            tills=tills,
            others=others,
            cashier_id=cashier_id,
            buttons=_buttons(),
            notes=NOTES,
            refused=refused,
        )
        return (page, 200 if refused is None else 422)

    def _hand_over(self, cashier_id: int) -> Any:
        try:
            community_id = int(request.form.get("community_id", ""))
            seen = Decimal(request.form.get("seen", ""))
        except (ValueError, InvalidOperation):
            abort(400)
        if not 0 < community_id < 2**63 or not seen.is_finite():
            abort(400)

        def operation() -> int:
            row = operations.hand_over(
                session=db.session(),
                community_id=community_id,
                day=clock.today(),
                cashier_id=cashier_id,
                seen=seen,
                count=read_count(request.form),
            )
            return row.id

        try:
            key = in_unit_of_work(operation)
        except DomainError as error:
            return self._page(
                cashier_id,
                refused=RefusedCount(community_id, message_of(error), error.field or "", request.form),
            )
        flash(_("已交款，请打印交款表交财务签收。"), "success")
        return redirect(f"/cash_handover/show/{key}")

    @expose("/<int:pk>/papers")
    @needs("read")
    def papers(self, pk: int) -> str:
        """Return what was handed over, a fragment of the hand-over's page."""
        session, row = db.session(), _found(pk)
        papers = papers_of(row)
        told = _to_json(figures_of(session=session, papers=papers))
        rows = _rows(listed(session=session, papers=papers))
        return render_template("collection/handover_papers.html", told=told, rows=rows)

    @expose("/<int:pk>/print")
    @needs("print")
    def sheet(self, pk: int) -> str:
        """Return the 交款表 on paper."""
        session, row = db.session(), _found(pk)
        papers = papers_of(row)
        community = find(session, Community, row.community_id)
        return render_template(
            "collection/handover_print.html",
            row=row,
            community=community.name if community else "",
            told=_to_json(figures_of(session=session, papers=papers)),
            counted=format_money(row.counted) if row.counted is not None else "",
            over_short=format_money(row.over_short),
            rows=_rows(listed(session=session, papers=papers)),
            printed_by=current_actor().name,
            printed_at=format_value(clock.now(), MOMENT),
        )


def hand_over_duty() -> Iterator[Task]:
    """未交款, on the home page of who took it; late from the next day on."""
    tills = open_tills(session=db.session(), cashier_id=current_actor().user_id)
    if tills:
        late = min(one.since for one in tills) < clock.today()
        yield Task(_("未交款"), "/handover/", sum(one.papers for one in tills), late)


def tills_of(user_id: int) -> list[OpenWork]:
    """Return what a person has not handed over, told before they are disabled."""
    return [_work(one) for one in open_tills(session=db.session(), cashier_id=user_id)]


def _work(till: OpenTill) -> OpenWork:
    url = f"/handover/?cashier={till.cashier_id}" if may("hand_over_for", "CashHandover") else None
    return OpenWork(_("%(community)s 未交款的收据", community=till.community), till.papers, url)


def _cashier() -> int:
    """Whose money it is: the person's own, or for who may the one named. Aborts."""
    me, named = current_actor().user_id or 0, request.values.get("cashier", "")
    if not named or named == str(me):
        return me
    require("hand_over_for", "CashHandover")
    if not named.isascii() or not named.isdigit() or len(named) > 18:
        abort(404)
    return int(named)


def papers_tab(row: CashHandover) -> Tab:
    """Return the papers of a hand-over, on its page."""
    return Tab("papers", _("收费明细"), f"/handover/{row.id}/papers", "list-details")


def print_button(row: CashHandover) -> list[Button]:
    """打印交款表, for who may."""
    if not may("print", "CashHandover"):
        return []
    return [Button("sheet", _("打印交款表"), f"/handover/{row.id}/print", "printer", blank=True)]


def hand_over_button() -> list[Button]:
    """交款 above the list of hand-overs."""
    return (
        [Button("hand_over", _("交款"), "/handover/", "cash-banknote", tone="primary")]
        if may("hand_over", "CashHandover")
        else []
    )


def _buttons() -> list[Button]:
    return (
        [Button("list", _("以前的交款单"), "/cash_handover/list/", "history")]
        if may("read", "CashHandover")
        else []
    )


def _found(pk: int) -> CashHandover:
    row: CashHandover | None = find(db.session(), CashHandover, pk) if pk < 2**63 else None
    if row is None:
        abort(404)
    return row


def _to_json(figures: Figures) -> dict[str, Any]:
    """Return the figures in words: `purposes` and `ways` both add up to the total."""
    purposes = [
        *figures.by_fee,
        (_("预收"), figures.prepaid),
        (_("押金"), figures.deposited),
        (_("退款"), -figures.refunded),
    ]
    return {
        "receipts": figures.receipts,
        "voids": figures.voids,
        "reversals": figures.reversals,
        "refunds": figures.refunds,
        "first": figures.first_number or "",
        "last": figures.last_number or "",
        "purposes": [(name, format_money(amount)) for name, amount in purposes if amount],
        "ways": [(_(tender.label), format_money(amount)) for tender, amount in figures.by_tender.items()],
        "cash": str(figures.by_tender[Tender.CASH]),
        "total": format_money(figures.total),
        "exact": str(figures.total),
        "words": chinese_amount(figures.total),
    }


def _rows(papers: Any) -> list[tuple[str, str, str, str, str, str, str]]:
    """(kind, number, url, day, customer, amount, state) a paper."""
    kinds = {"receipt": _("收据"), "reversal": _("冲红"), "refund": _("退款")}

    def state(one: Paper) -> str:
        return _(one.state.label) if one.state not in (None, ReceiptState.VALID) else ""

    return [
        (
            kinds[one.kind],
            one.number or "",
            f"{PAPER_URLS[one.kind]}{one.id}",
            one.day.isoformat() if one.day else "",
            one.customer,
            format_money(one.amount),
            state(one),
        )
        for one in papers
    ]
