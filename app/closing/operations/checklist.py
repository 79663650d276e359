"""What is missing before a month may close, each with the page where it is done."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.billing.models import BillingRun, ReadingExemption, Vacancy
from app.billing.operations.unposted_lines import unposted
from app.billing.queries.unread_meters import count_missing_readings
from app.billing.states import UNFINISHED, ApprovalState
from app.closing.operations.snapshots import scope_of_close
from app.collection.models import Adjustment, CashHandover, Refund, Waiver
from app.collection.queries.open_tills import unhanded
from app.collection.states import HandoverState
from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode import clock
from app.lowcode.document import spec_of
from app.lowcode.reports import parameters, registry
from app.lowcode.reports.reader import Reading, read


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button that clears an item of the checklist: its label, where it leads, the right (verb, document) it takes."""

    label: str
    url: str
    right: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """Something to be done before a month closes; one that does not stop is only to be known.

    What stops names what clears it (`remedies`); `url` is where the rest is seen.
    """

    code: str
    message: str
    count: int
    url: str = ""
    remedies: Sequence[Remedy] = ()
    stops: bool = True
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.stops and not self.remedies:
            raise TypeError(f"{self.code}: stops the close and names no remedy")

    def text(self) -> str:
        """Return the Chinese sentence."""
        return self.message % {"count": self.count, **self.params}


def close_check(*, session: Session, community_id: int, period: Period) -> list[ChecklistItem]:
    """Return what is missing before a community's month may close, in the order in which it is to be done.

    The months before it are asked for apart: they are another page's work.
    """
    missing = missing_documents(session=session, community_id=community_id, period=period)
    readings = []
    for report in registry.frozen():
        scope = scope_of_close(report, community_id=community_id, period=period)
        readings.append(read(session=session, report=report, scope=scope, anew=True))
    return [*missing, *unequal(readings)]


def missing_documents(*, session: Session, community_id: int, period: Period) -> list[ChecklistItem]:
    """Return what is not done yet of a month: readings, charges, runs, requests, hand-overs."""
    found = [
        ChecklistItem(
            code="not_over",
            message=N_("这个账期还没有过完，结账以后到月底都不能再收款、出账"),
            stops=False,
            url="",
            count=int(clock.today() <= period.last_day),
        ),
        *_readings(session, community_id, period),
        *_unposted(session, community_id, period),
        *_runs(session, community_id, period),
        *_requests(session, community_id),
        *_money(session, community_id, period),
    ]
    return [one for one in found if one.count]


def _runs(session: Session, community_id: int, period: Period) -> Iterator[ChecklistItem]:
    unfinished = session.scalar(
        select(func.count(BillingRun.id)).where(
            BillingRun.community_id == community_id,
            BillingRun.period == period,
            BillingRun.state.in_(UNFINISHED),
        )
    )
    yield ChecklistItem(
        code="runs_unfinished",
        message=N_("有 %(count)d 次出账没有入账或作废"),
        count=unfinished or 0,
        remedies=(
            Remedy(N_("入账或作废"), _list(BillingRun, community_id, period=period), ("read", "BillingRun")),
        ),
    )


def _readings(session: Session, community_id: int, period: Period) -> Iterator[ChecklistItem]:
    missing = count_missing_readings(session=session, community_id=community_id, period=period)
    asked = {"community_id": community_id, "period": str(period), "needed": "y"}
    url = f"/billing/readings/?{urlencode(asked)}"
    yield ChecklistItem(
        code="missing_readings",
        message=N_("有 %(count)d 块表这个月还没有抄"),
        count=missing,
        remedies=(
            Remedy(N_("补抄"), url, ("add", "MeterReading")),
            Remedy(N_("登记未抄"), f"/billing/exempt/?{urlencode(asked)}", ("add", "ReadingExemption")),
            Remedy(N_("撤销分配"), url, ("take_back", "FeeAssignment")),
        ),
    )
    waiting = session.scalar(
        select(func.count(ReadingExemption.id)).where(
            ReadingExemption.community_id == community_id,
            ReadingExemption.period == period,
            ReadingExemption.state == ApprovalState.PENDING,
        )
    )
    yield ChecklistItem(
        code="pending_reading_exemption",
        message=N_("有 %(count)d 张未抄登记等待审批"),
        count=waiting or 0,
        stops=False,
        url=_list(ReadingExemption, community_id, period=period, state=ApprovalState.PENDING.value),
    )


def _unposted(session: Session, community_id: int, period: Period) -> Iterator[ChecklistItem]:
    found = unposted(session=session, community_id=community_id, period=period)
    url = f"/billing/start/?{urlencode({'community_id': community_id, 'period': str(period)})}"
    yield ChecklistItem(
        code="unposted",
        message=N_("有 %(count)d 笔应收还没有出账"),
        remedies=(Remedy(N_("出账"), url, ("add", "BillingRun")),),
        count=sum(one.charges for one in found),
    )
    yield ChecklistItem(
        code="unbillable",
        message=N_("有 %(count)d 段日子没有付费人、单价或面积，不能计费"),
        url=url,
        count=sum(one.unbillable for one in found),
        stops=False,
    )


def _requests(session: Session, community_id: int) -> Iterator[ChecklistItem]:
    """Return what nobody has decided yet: decided later, it posts in the month that is open then."""
    documents: tuple[Any, ...] = (Waiver, Adjustment, Refund, Vacancy)
    for model in documents:
        pending = session.scalar(
            select(func.count(model.id)).where(
                model.community_id == community_id, model.state == ApprovalState.PENDING
            )
        )
        yield ChecklistItem(
            code=f"pending_{model.__tablename__}",
            message=N_("有 %(count)d 张%(what)s还没有审批，以后批准的记入以后的账期"),
            count=pending or 0,
            url=_list(model, community_id, state=ApprovalState.PENDING.value),
            stops=False,
            params={"what": spec_of(model).about.label},
        )


def _money(session: Session, community_id: int, period: Period) -> Iterator[ChecklistItem]:
    kept = unhanded(session=session, community_id=community_id, period=period)
    yield ChecklistItem(
        code="unhanded",
        message=N_("有 %(count)d 张收据、冲红或退款还没有交款"),
        count=sum(papers for _cashier, papers in kept),
        remedies=(
            Remedy(N_("交款"), "/handover/", ("hand_over", "CashHandover")),
            *(
                Remedy(N_("代交款"), f"/handover/?cashier={cashier or 0}", ("hand_over_for", "CashHandover"))
                for cashier, _papers in kept
            ),
        ),
    )
    unsigned = session.scalar(
        select(func.count(CashHandover.id)).where(
            CashHandover.community_id == community_id,
            CashHandover.state == HandoverState.HANDED,
            CashHandover.first_day <= period.last_day,
        )
    )
    yield ChecklistItem(
        code="unsigned",
        message=N_("有 %(count)d 张交款单财务还没有签收"),
        count=unsigned or 0,
        stops=False,
        url=_list(CashHandover, community_id, state=HandoverState.HANDED.value),
    )


def unequal(readings: Iterable[Reading]) -> list[ChecklistItem]:
    """Return the reports of a month, read anew, whose equations do not hold."""
    return [
        ChecklistItem(
            code=f"equation_{one.report.name}",
            message=N_("“%(report)s”有 %(count)d 个等式不平，请联系管理员"),
            count=sum(not equation.holds for equation in one.equations),
            remedies=(
                Remedy(
                    N_("查看报表"),
                    f"{one.report.url}/?{urlencode(parameters.parameters(one.scope))}",
                    ("read", one.report.name),
                ),
            ),
            params={"report": one.report.label},
        )
        for one in readings
        if not one.holds
    ]


def _list(model: Any, community_id: int, **equal: Any) -> str:
    filters = {"f.community_id.eq": community_id, **{f"f.{name}.eq": value for name, value in equal.items()}}
    return f"{spec_of(model).url}/list/?{urlencode(filters)}"
