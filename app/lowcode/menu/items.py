"""菜单项: a row for each entry that the office arranged. The menu shows what a person may open; it never gives a right."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    Select,
    Table,
    exists,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session

from app.kernel.errors import N_
from app.lowcode.db import Key
from app.lowcode.document import TABLE_OPTIONS, About, DocumentBase
from app.lowcode.fields import choice, flag, integer, text
from app.lowcode.menu.nodes import Arranged, MenuKind

NAME, LABEL, ICON, URL = 60, 30, 60, 500  # characters


class MenuItem(DocumentBase):
    """菜单项: what is empty is as the module registers it; groups and links are the office's own."""

    __about__ = About(N_("菜单"), "name", icon="layout-sidebar", readonly=True, menu=False)
    __table_args__ = (
        CheckConstraint(
            "(kind = 'link' AND url IS NOT NULL) OR (kind <> 'link' AND url IS NULL)", name="links_lead_out"
        ),
        CheckConstraint("kind IN ('module', 'page') OR label IS NOT NULL", name="own_are_named"),
    )

    name: Mapped[str] = text(N_("标识"), NAME, required=True, unique=True)
    kind: Mapped[MenuKind] = choice(N_("种类"), MenuKind, required=True)
    # By name, not by key: a module's group may stand at its default place and have no row.
    parent: Mapped[str | None] = text(N_("上级"), NAME)
    position: Mapped[int] = integer(N_("顺序"), required=True)
    label: Mapped[str | None] = text(N_("名称"), LABEL)
    icon: Mapped[str | None] = text(N_("图标"), ICON)
    url: Mapped[str | None] = text(N_("网址"), URL)
    hidden: Mapped[bool] = flag(N_("隐藏"))


hidden_for = Table(
    "menu_item_hidden",
    Model.metadata,
    Column("item_id", Key, ForeignKey("menu_item.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", Integer, ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True, index=True),
    mysql_charset=TABLE_OPTIONS["mysql_charset"],
    mysql_collate=TABLE_OPTIONS["mysql_collate"],
)
"""Which roles do not see an entry."""

_COLUMNS = (MenuItem.name, MenuItem.kind, MenuItem.parent, MenuItem.label, MenuItem.icon, MenuItem.url)


def arranged(*, session: Session) -> list[Arranged]:
    """All that the office arranged, in its order."""
    roles: dict[str, set[int]] = defaultdict(set)
    for name, role_id in session.execute(
        select(MenuItem.name, hidden_for.c.role_id).join(hidden_for, hidden_for.c.item_id == MenuItem.id)
    ):
        roles[name].add(role_id)
    rows = session.execute(select(*_COLUMNS, MenuItem.hidden).order_by(MenuItem.position, MenuItem.id))
    found = [Arranged(*row) for row in rows]
    return [
        replace(one, hidden_for=frozenset(roles[one.name])) if one.name in roles else one for one in found
    ]


def arranged_for(
    *, session: Session, user_id: int, beside: Select[Any] | None = None
) -> tuple[list[Arranged], Sequence[Any]]:
    """Return the same as a person meets it: `hidden` where none of the person's roles sees it; and the one row of `beside`.

    One statement: what else the frame of a page must know is asked along with the menu.
    """
    mine = assoc_user_role.alias()
    not_for_role = (
        exists()
        .where(hidden_for.c.item_id == MenuItem.id, hidden_for.c.role_id == mine.c.role_id)
        .correlate(MenuItem, mine)
    )
    seen = exists().where(mine.c.user_id == user_id, ~not_for_role).correlate(MenuItem)
    also = (select(literal(0).label("zero")) if beside is None else beside).subquery()
    rows = session.execute(
        select(*also.c, MenuItem.id, *_COLUMNS, or_(MenuItem.hidden, ~seen))
        .select_from(also.outerjoin(MenuItem, true()))
        .order_by(MenuItem.position, MenuItem.id)
    ).all()
    width = len(also.c)
    items = [_met(row[width + 1 :]) for row in rows if row[width] is not None]
    return items, tuple(rows[0][:width])


def _met(row: Sequence[Any]) -> Arranged:
    name, kind, parent, label, icon, url, hidden = row
    return Arranged(name, kind, parent, label, icon, url, bool(hidden))
