"""What closing a month keeps: its reports with every line, for ever as they were."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.errors import N_
from app.kernel.periods import Period
from app.lowcode.document import About, CommunityScoped, DocumentBase, MoneyDocument
from app.lowcode.engine import current_engine
from app.lowcode.fields import integer, link, moment, month, text


def report_label(name: str) -> str:
    """Return a report as people call it."""
    report = current_engine().reports.get(name)
    return name if report is None else gettext(report.label)


class PeriodReport(CommunityScoped, MoneyDocument):
    """结账报表: a report of a month as it was when the month was closed for the `version`th time."""

    __about__ = About(
        N_("结账报表"),
        ("community_id", "period", "report"),
        icon="file-certificate",
        order=("-id",),
        readonly=True,
    )
    __table_args__ = (UniqueConstraint("community_id", "period", "version", "report"),)

    # The unique constraint begins with it and serves as its index.
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, listed=True, index=False)
    period: Mapped[Period] = month(N_("账期"), required=True, listed=True)
    version: Mapped[int] = integer(N_("第几次结账"), required=True, listed=True)
    report: Mapped[str] = text(N_("报表"), 60, required=True, listed=True, masked=report_label)
    lines: Mapped[int] = integer(N_("行数"), required=True, listed=True)
    # SHA-256 of the lines: for the proof of the books, nothing for people to read.
    digest: Mapped[str] = text(N_("校验码"), 64, required=True, shown=False, filtered=False)
    closed_at: Mapped[Any] = moment(N_("结账时间"), required=True, listed=True)
    closed_by: Mapped[str] = text(N_("结账人"), 100, required=True, listed=True)
    # Count, sums and figures as canonical JSON text: read as they were written, whatever the database makes of JSON.
    totals: Mapped[str] = mapped_column(Text, nullable=False)


class PeriodReportRow(CommunityScoped, DocumentBase):
    """A line of a kept report: where it stands in the tree, and its values as canonical JSON text.

    Nothing of it refers to other tables: rooms and customers may be renamed or go.
    """

    __about__ = About(N_("结账报表明细"), "place", order=("report_id", "place"), readonly=True, menu=False)
    __table_args__ = (
        UniqueConstraint("report_id", "place"),
        Index("ix_period_report_row_building", "report_id", "building_id"),
    )

    report_id: Mapped[int] = link(N_("结账报表"), "PeriodReport", required=True, index=False)
    place: Mapped[int] = integer(N_("序号"), required=True, listed=True)
    level: Mapped[str] = mapped_column(String(40), nullable=False)
    community_id: Mapped[int] = link(N_("小区"), "Community", required=True, constraint=False, index=False)
    building_id: Mapped[int | None] = link(N_("楼宇"), "Building", constraint=False, index=False)
    room_id: Mapped[int | None] = link(N_("房间"), "Room", constraint=False, index=False)
    space_id: Mapped[int | None] = link(N_("车位"), "ParkingSpace", constraint=False, index=False)
    customer_id: Mapped[int | None] = link(N_("客户"), "Customer", constraint=False, index=False)
    data: Mapped[str] = mapped_column(Text, nullable=False)
