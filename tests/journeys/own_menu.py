"""How the pages of roles and menu are visited."""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from app.lowcode.menu.items import arranged
from app.system.operations.menu import menu_version
from tests.journeys.ours import World
from tests.journeys.visits import Visit


def _saved(session: Session, _world: World) -> list[Visit]:
    version = menu_version(arranged(session=session))
    entry = {"name": "Room", "kind": "page", "parent": "estate", "label": "房源"}
    return [Visit("/menu/save", "POST", json={"version": version, "entries": [entry]})]


def _reset(session: Session, _world: World) -> list[Visit]:
    version = menu_version(arranged(session=session))
    # Nothing is arranged, so nothing goes.
    return [Visit("/menu/reset", "POST", json={"version": version}, writes=False)]


def _compared(_session: Session, world: World) -> list[Visit]:
    return [Visit("/rights/compare"), Visit(f"/rights/compare?first={world.role_id}&second=1&all=1")]


def _compared_on_paper(_session: Session, world: World) -> list[Visit]:
    return [Visit(f"/rights/compare/print?first={world.role_id}&second=1")]


OWN: Mapping[tuple[str, str], Callable[[Session, World], list[Visit]]] = {
    ("RightsView.compare", "GET"): _compared,
    ("RightsView.print_comparison", "GET"): _compared_on_paper,
    ("RightsView.user", "GET"): lambda _s, world: [Visit(f"/rights/user/{world.clerk_id}")],
    ("RightsView.print_user", "GET"): lambda _s, world: [Visit(f"/rights/user/{world.clerk_id}/print")],
    ("MenuView.index", "GET"): lambda _s, _w: [Visit("/menu/")],
    ("MenuView.icons", "GET"): lambda _s, _w: [Visit("/menu/icons.json?q=home")],
    ("MenuView.save", "POST"): _saved,
    ("MenuView.reset", "POST"): _reset,
}
