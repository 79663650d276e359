"""`flask import-sales`: a sales system's export into the database, without a browser."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import inspect

from app.estate.sales_import.parser.headings import HEADING_NAMES
from app.estate.sales_import.parser.plan import plan_sales
from app.estate.sales_import.parser.plan_rows import SalesPlan
from app.estate.sales_import.parser.report import report
from app.estate.sales_import.unit import import_in_unit
from app.kernel.errors import DomainError
from app.lowcode.actors import SYSTEM, acting_as
from app.lowcode.db import db
from app.lowcode.errors import message_of
from app.lowcode.workbook import read_workbook

IMPORTED, STOPPED, UNREADABLE = 0, 1, 2
_NOTHING = SalesPlan(
    layouts=(),
    counts=(),
    communities=(),
    buildings=(),
    rooms=(),
    customers=(),
    occupancies=(),
    spaces=(),
    vehicles=(),
    rejected=(),
    warnings=(),
)


@click.command("import-sales")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--community", default="", help="工作表没有写小区时，它属于哪个小区。")
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option("--good-rows", is_flag=True, help="有问题的行跳过，导入其余的行。")
@click.option("--report", "target", type=click.Path(path_type=Path), help="把结果写成 JSON 文件。")
@with_appcontext
def import_sales_command(
    file: Path, community: str, dry_run: bool, good_rows: bool, target: Path | None
) -> None:
    """导入销售系统导出的小区、楼宇、房间、客户、车位。退出码：0 已导入，1 有问题行而未导入，2 文件无法读取。"""
    told, code = report(plan=_NOTHING, stored=False), UNREADABLE
    try:
        if not inspect(db.engine).has_table("community"):
            _say("数据库还没有建好。请先运行 flask --app app db upgrade 和 flask --app app sync。")
        else:
            told, code = _import(file, community.strip(), dry_run, good_rows)
    except DomainError as error:
        _say(message_of(error))
    except OSError as error:
        _say(f"无法读取文件 {file}：{error.strerror}")
    if target is not None:
        try:
            target.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            _say(f"无法写入 {target}：{error.strerror}")
            code = max(code, STOPPED)
    sys.exit(code)


def _import(file: Path, community: str, dry_run: bool, good_rows: bool) -> tuple[dict[str, Any], int]:
    sheets = read_workbook(content=file.read_bytes(), filename=file.name, headings=HEADING_NAMES)
    plan = plan_sales(sheets=sheets, community=community)
    stopped = bool(plan.rejected) and not good_rows
    communities: tuple[str, ...] = ()
    if dry_run or stopped:
        told = report(plan=plan, stored=False)
    else:
        with acting_as(SYSTEM):
            result = import_in_unit(plan=plan, good_rows=good_rows)
            told, communities = result.report, result.communities
    _print(told)
    if stopped:
        click.echo("有被拒绝的行，没有写入任何数据。改好文件再导入，或用 --good-rows 只导入其余的行。")
    elif dry_run:
        click.echo(f"检查完毕，没有写入。可导入 {plan.accepted} 行。")
    else:
        made = told["created"]
        click.echo(
            f"已导入 {told['imported']} 行：新建楼宇 {made['building']}、房间 {made['room']}、客户 {made['customer']}、"
            f"入住关系 {made['occupancy']}、车位 {made['parking_space']}，更新 {told['updated']}。"
        )
        if communities:
            click.echo(f"新建小区：{'、'.join(communities)}。")
    return told, STOPPED if stopped else IMPORTED


def _print(told: dict[str, Any]) -> None:
    for title, name in (("拒绝", "rejected"), ("提醒", "warnings")):
        for one in told[name]:
            click.echo(f"[{title}] {one['sheet']} 第 {one['row']} 行 {one['column']}：{one['message']}")
    click.echo(
        f"数据 {told['rows']} 行，跳过 {told['skipped']} 行，拒绝 {len(told['rejected'])} 处，提醒 {len(told['warnings'])} 处。"
    )


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
