"""编号规则: how the numbers of a kind read from now on; what is given stays, and no number comes twice."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_, DomainError
from app.kernel.number_rules import PREFIX
from app.lowcode.engine import current_engine
from app.lowcode.numbers import NumberPrefix, NumberRule
from app.lowcode.save import AlreadyThere, check_unique, set_values
from app.system.operations.guards import check_whole_office

WIDTHS = range(4, 11)


class UnknownKind(DomainError):
    code = "unknown_kind"
    message = N_("没有名为“%(kind)s”的编号单据。")


class BadPrefix(DomainError):
    code = "bad_prefix"
    message = N_("前缀为 1 至 6 个英文字母。")


class BadWidth(DomainError):
    code = "bad_width"
    message = N_("流水号位数为 4 至 10。")


class PrefixTaken(DomainError):
    code = "prefix_taken"
    message = N_("前缀“%(prefix)s”属于“%(kind)s”（现在或以前用过），请换一个。")


class OfficeRuleKept(DomainError):
    code = "office_rule_kept"
    message = N_("这是全公司的编号规则，不能删除，可以修改。")


def save_number_rule(*, session: Session, row: NumberRule, **values: Any) -> NumberRule:
    """Set how a kind's numbers read, for the office or for one community (then for it alone); counters go on.

    Raises UnknownKind, BadPrefix, PrefixTaken, BadWidth, AlreadyThere, WholeOfficeOnly.
    """
    kind = values.get("kind", row.kind)
    declared = current_engine().numbers
    if kind not in declared:
        raise UnknownKind(field="kind", kind=kind)
    if values.get("community_id", row.community_id) is None:
        check_whole_office()
    prefix = str(values.get("prefix", row.prefix)).strip().upper()
    width = values.get("width", row.width)
    if not PREFIX.fullmatch(prefix):
        raise BadPrefix(field="prefix")
    if width not in WIDTHS:
        raise BadWidth(field="width")
    with session.no_autoflush:
        owner = session.scalar(select(NumberPrefix).where(NumberPrefix.prefix == prefix))
        if owner is not None and owner.kind != kind:
            raise PrefixTaken(field="prefix", prefix=prefix, kind=_label(owner.kind))
        other = next((one for one in declared.values() if one.prefix == prefix and one.kind != kind), None)
        if other is not None and owner is None:
            raise PrefixTaken(field="prefix", prefix=prefix, kind=other.label)
        if owner is None:
            session.add(NumberPrefix(prefix=prefix, kind=kind))
        set_values(row, {**values, "prefix": prefix})
        _check_single(session, row)
        session.add(row)
    session.flush()
    return row


def remove_number_rule(*, session: Session, row: NumberRule) -> None:
    """Take a community's own rule away: the office's holds again. Raises OfficeRuleKept."""
    if row.community_id is None:
        raise OfficeRuleKept
    session.delete(row)


def _check_single(session: Session, row: NumberRule) -> None:
    if row.community_id is not None:
        check_unique(session=session, row=row)
        return
    same = select(NumberRule.id).where(NumberRule.kind == row.kind, NumberRule.community_id.is_(None))
    if session.scalar(same.where(NumberRule.id != (row.id or 0))) is not None:
        raise AlreadyThere(field="kind", label=NumberRule.__about__.label)


def _label(kind: str) -> str:
    declared = current_engine().numbers
    return declared[kind].label if kind in declared else kind
