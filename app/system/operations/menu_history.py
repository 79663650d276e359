"""What a saved menu changed, in words: a line for each thing of each entry, as the history page shows them."""

from collections.abc import Iterator, Sequence

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.errors import N_
from app.lowcode.actors import current_actor
from app.lowcode.history import AuditAction, History
from app.lowcode.menu.items import MenuItem
from app.lowcode.menu.nodes import OWN, MenuNode, walk

Change = tuple[str, AuditAction, str | None, str | None, str | None]  # entry, deed, field, before, now


def record_changes(*, session: Session, before: Sequence[MenuNode], now: Sequence[MenuNode]) -> None:
    """Write the differences of two trees into the history."""
    roles: dict[int, str] = dict(session.execute(select(Role.id, Role.name)).all())
    actor = current_actor()
    for title, deed, label, old, new in _changes(before, now, roles):
        session.add(
            History(
                who=actor.name or "?",
                user_id=actor.user_id,
                document=MenuItem.__name__,
                row_id=0,
                row_title=title[:200],
                deed=deed,
                label=label,
                old=old,
                new=new,
            )
        )


def _changes(before: Sequence[MenuNode], now: Sequence[MenuNode], roles: dict[int, str]) -> Iterator[Change]:
    then, after = ({one.name: one for one in walk(tree)} for tree in (before, now))
    for name, node in then.items():
        if name not in after:
            yield node.label, AuditAction.DELETED, None, _path(node), None
    for name, node in after.items():
        if name not in then:
            yield node.label, AuditAction.ADDED, None, None, _path(node)
    both = [name for name in after if name in then]
    for name in both:
        for label, old, new in _things(then[name], after[name], roles):
            if old != new:
                yield then[name].label, AuditAction.CHANGED, label, old, new
    stayed = {name for name in both if _above(then[name]) == _above(after[name])}
    for title, olds, news in _orders(before, now):
        if [one.name for one in olds if one.name in stayed] != [
            one.name for one in news if one.name in stayed
        ]:
            yield title, AuditAction.CHANGED, N_("顺序"), _labels(olds), _labels(news)


def _things(
    old: MenuNode, new: MenuNode, roles: dict[int, str]
) -> Iterator[tuple[str, str | None, str | None]]:
    yield N_("名称"), old.label, new.label
    yield N_("图标"), old.icon, new.icon
    if new.kind in OWN:
        yield N_("网址"), _url(old), _url(new)
    yield N_("隐藏"), _visibility(old), _visibility(new)
    yield N_("不显示给"), _roles(old, roles), _roles(new, roles)
    if _above(old) != _above(new):
        yield N_("上级"), _path(old), _path(new)


def _url(node: MenuNode) -> str | None:
    return node.arranged.url if node.arranged is not None else None


def _visibility(node: MenuNode) -> str:
    return N_("隐藏") if node.hidden else N_("显示")


def _roles(node: MenuNode, roles: dict[int, str]) -> str | None:
    return "、".join(sorted(roles.get(one, "?") for one in node.hidden_for)) or None


def _above(node: MenuNode) -> str | None:
    return node.parent.name if node.parent is not None else None


def _path(node: MenuNode) -> str:
    return " / ".join(one.label for one in node.path)


def _labels(nodes: Sequence[MenuNode]) -> str:
    return "、".join(one.label for one in nodes)


def _orders(
    before: Sequence[MenuNode], now: Sequence[MenuNode]
) -> Iterator[tuple[str, Sequence[MenuNode], Sequence[MenuNode]]]:
    """(group, its entries before, its entries now) of each group that is in both trees, and of the first level."""
    yield N_("菜单"), before, now
    groups = {one.name: one for one in walk(before) if one.is_group}
    for node in walk(now):
        if node.name in groups:
            yield node.label, groups[node.name].children, node.children
