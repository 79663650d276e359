"""Who may do what, side by side: two roles compared, and all that an operator may do, with the role that gives it."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from sqlalchemy import select

from app.estate.grants import BeyondOwnReach, check_within_own, grants_of
from app.lowcode import clock
from app.lowcode.actors import current_actor
from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.pages import Button, Tab
from app.lowcode.permissions import may, needs
from app.lowcode.values import format_value
from app.system.operations.guards import pairs_of
from app.system.operations.users import grants_in_words
from app.system.rights import compared, sources

MOMENT = Field("", "moment")


class RightsView(BaseView):
    """Rights in words, for the screen and on paper."""

    route_base = "/rights"
    class_permission_name = "Role"
    default_view = "compare"

    @expose("/compare")
    @needs("read", "Role")
    def compare(self) -> str:
        """`?first=1&second=2`: what each has that the other has not; `&all=1`: what both have too."""
        page = _comparison()
        buttons = []
        if page["modules"] is not None and may("print", "Role"):
            url = f"{url_for('RightsView.print_comparison')}?{urlencode(list(request.args.items()))}"
            buttons.append(Button("print", _("打印"), url, "printer", blank=True))
        return render_template("system/compare_roles.html", **page, buttons=buttons)

    @expose("/compare/print")
    @needs("print", "Role")
    def print_comparison(self) -> str:
        """Return the comparison on paper."""
        page = _comparison()
        if page["modules"] is None:
            abort(404)
        return render_template("system/compare_roles_print.html", **page, **_printed())

    @expose("/user/<int:pk>")
    @needs("read", "User")
    def user(self, pk: int) -> str:
        """All that an operator may do: the fragment of the operator's page."""
        print_url = url_for("RightsView.print_user", pk=pk) if may("print", "User") else None
        return render_template("system/_user_rights.html", **_rights_of(pk), print_url=print_url)

    @expose("/user/<int:pk>/print")
    @needs("print", "User")
    def print_user(self, pk: int) -> str:
        """Return the same on paper."""
        return render_template("system/user_rights_print.html", **_rights_of(pk), **_printed())


def compare_link(role: Role) -> Button:
    """Return the way from a role's page to its comparison with another."""
    return Button("compare", _("对比"), url_for("RightsView.compare", first=role.id), "arrows-left-right")


def compare_links() -> list[Button]:
    """Return the way from the list of roles to the comparison."""
    return [Button("compare", _("对比角色"), url_for("RightsView.compare"), "arrows-left-right")]


def rights_tab(user: User) -> Tab:
    """All that an operator may do, on the operator's page."""
    return Tab("rights", _("权限"), url_for("RightsView.user", pk=user.id), "shield-lock")


def refuse_beyond_reach(user_id: int) -> None:
    """Refuse an operator who reaches further than the person at the page, as if they did not exist (404)."""
    try:
        check_within_own(session=db.session(), grants=grants_of(session=db.session(), user_id=user_id))
    except BeyondOwnReach:
        abort(404)


def _comparison() -> dict[str, Any]:
    session = db.session()
    roles = {role.id: role for role in session.scalars(select(Role).order_by(Role.name))}
    first, second = (roles.get(request.args.get(name, 0, type=int)) for name in ("first", "second"))
    everything = request.args.get("all") == "1"
    modules = None
    if first is not None and second is not None:
        held = [pairs_of(session=session, role_id=one.id) for one in (first, second)]
        modules = compared(*held, same=everything)
    return {
        "roles": list(roles.values()),
        "first": first,
        "second": second,
        "modules": modules,
        "everything": everything,
    }


def _rights_of(pk: int) -> dict[str, Any]:
    session = db.session()
    user = session.get(User, pk) if pk < 2**31 else None
    if user is None:
        abort(404)
    refuse_beyond_reach(pk)
    roles = {role.name: pairs_of(session=session, role_id=role.id) for role in sorted(user.roles, key=str)}
    return {
        "user": user,
        "modules": sources(roles),
        "roles": list(roles),
        "reach": grants_in_words(session=session, user_id=pk),
    }


def _printed() -> dict[str, str]:
    return {"printed_by": current_actor().name, "printed_at": format_value(clock.now(), MOMENT)}
