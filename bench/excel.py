"""Export of a list against bare xlsxwriter of the same cells."""

import time
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from flask import Flask
from sqlalchemy import func, select

from app.estate.models import Community, Room
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.excel import write_list
from app.lowcode.listing import Query, stream
from app.lowcode.values import format_value
from bench.figures import tell


def measure_excel(*, app: Flask, folder: Path) -> None:
    """Return the room list as Excel: read from the database and written, beside the writing alone."""
    with app.test_request_context(), acting_as(SYSTEM):
        session = db.session()
        session.scalar(select(func.count(Community.id)))
        spec = spec_of(Room)
        fields = spec.listed
        query = Query.of(spec, [])
        started = time.perf_counter()
        count = write_list(
            path=folder / "ours.xlsx",
            title="房间",
            subtitle="全部",
            fields=fields,
            rows=stream(session=session, query=query, fields=fields),
            totals={},
        )
        ours = count / (time.perf_counter() - started)
        cells = []
        for _key, values, titles in stream(session=session, query=query, fields=fields):
            row: list[object] = []
            for one in fields:
                value = titles.get(one.name) if one.kind == "link" else values[one.name]
                is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
                row.append(value if value is None or is_number else format_value(value, one))
            cells.append(row)
        db.session.remove()
    started = time.perf_counter()
    with xlsxwriter.Workbook(str(folder / "bare.xlsx"), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(cells):
            for place, value in enumerate(row):
                sheet.write(line, place, value)
    bare = len(cells) / (time.perf_counter() - started)
    tell("excel.export", ours, "rows/s", floor=bare, better="more")
