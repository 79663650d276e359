"""What a payment at the desk must add up to, and how it spreads over the receipts of several communities. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.collection.states import Tender
from app.kernel.allocation import NotPositive
from app.kernel.errors import N_, DomainError
from app.kernel.money import fen, format_money

ZERO = Decimal("0.00")


class OverBalance(DomainError):
    """More than is open."""

    code = "over_balance"
    message = N_(
        "输入的 %(amount)s 元多于所选费用的欠费 %(open)s 元。本次收费请填 %(open)s；多出的 %(rest)s 元可以作为预收收下（F2）。"
    )

    def __init__(self, *, amount: Decimal, owed: Decimal) -> None:
        super().__init__(
            field="amount",
            amount=format_money(amount),
            open=format_money(owed),
            rest=format_money(amount - owed),
        )


class TendersOver(DomainError):
    """The methods hold more than there is to collect."""

    code = "over_balance"
    message = N_("各结算方式合计 %(sum)s 元，多于本次应收的 %(total)s 元。欠费可能刚被收过，请核对后再收。")


class TendersDiffer(DomainError):
    """The methods do not add up to what is collected."""

    code = "tenders_differ"
    message = N_("各结算方式合计 %(sum)s 元，应为 %(total)s 元，请更正。")


class TenderedShort(DomainError):
    """Less cash handed over than the cash part."""

    code = "tendered_short"
    message = N_("实付现金 %(tendered)s 元，少于应付现金 %(cash)s 元。")


class TenderedWithoutCash(DomainError):
    """Cash handed over where nothing is paid in cash."""

    code = "tendered_without_cash"
    message = N_("没有现金结算，不填实付现金。")


def complete_tenders(
    *, tenders: Sequence[tuple[Tender, Decimal | None]], total: Decimal
) -> list[tuple[Tender, Decimal]]:
    """Return the methods with their amounts (元), which add up to `total`; one without an amount takes the rest.

    Amounts of one method given twice become one. Raises NotPositive, TendersOver when the methods hold more
    than `total`, TendersDiffer when they hold less, and TendersDiffer when two are without an amount.
    """
    given = [amount for _tender, amount in tenders if amount is not None]
    for amount in given:
        if fen(amount) <= 0:
            raise NotPositive(field="tenders")
    known = sum(given, ZERO)
    if known > total:
        raise TendersOver(sum=format_money(known), total=format_money(total), field="tenders")
    blanks = len(tenders) - len(given)
    if blanks > 1 or (not blanks and known != total) or (blanks and known == total):
        raise TendersDiffer(sum=format_money(known), total=format_money(total), field="tenders")
    found: dict[Tender, Decimal] = {}
    for tender, part in tenders:
        found[tender] = found.get(tender, ZERO) + (total - known if part is None else part)
    return list(found.items())


def change_of(*, tenders: Sequence[tuple[Tender, Decimal]], tendered: Decimal | None) -> Decimal:
    """Return the change (元) for cash handed over: `tendered` less the cash part; 0 when nothing was said.

    Raises NotPositive, TenderedWithoutCash, TenderedShort.
    """
    if tendered is None:
        return ZERO
    if fen(tendered) <= 0:
        raise NotPositive(field="tendered")
    cash = dict(tenders).get(Tender.CASH, ZERO)
    if not cash:
        raise TenderedWithoutCash(field="tendered")
    if tendered < cash:
        raise TenderedShort(tendered=format_money(tendered), cash=format_money(cash), field="tendered")
    return tendered - cash


def spread(
    *, tenders: Sequence[tuple[Tender, Decimal]], totals: Mapping[int, Decimal]
) -> dict[int, list[tuple[Tender, Decimal]]]:
    """Fill the receipts (key → 元) one after the other with the methods in their order; both sums are equal.

    A method that a receipt does not use up goes on to the next one.
    """
    if sum(totals.values(), ZERO) != sum((amount for _tender, amount in tenders), ZERO):
        raise ValueError("the methods and the receipts do not add up to the same")
    left = [(tender, amount) for tender, amount in tenders]
    found: dict[int, list[tuple[Tender, Decimal]]] = {}
    for key, total in totals.items():
        found[key] = []
        while total > 0:
            tender, amount = left.pop(0)
            part = min(amount, total)
            found[key].append((tender, part))
            total -= part
            if amount > part:
                left.insert(0, (tender, amount - part))
    return found


def body_hash(**body: Any) -> str:
    """Return a fingerprint of what a press of the button asked for: the same request gives the same."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
