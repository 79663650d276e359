"""角色: the pages of who may do what, with the matrix of rights."""

from dataclasses import replace
from typing import Any

from flask import current_app, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from sqlalchemy import select

from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.manifest import Entry
from app.lowcode.pages import Button, Cell, Fact, ShowPage
from app.lowcode.permissions import VERBS, known_pairs, needs
from app.lowcode.views.lists import may_write
from app.system.forms import fingerprint, role_form
from app.system.models import ADMINISTRATOR
from app.system.operations.guards import grantable_pairs, pairs_of
from app.system.operations.roles import add_role, change_role, delete_role
from app.system.rights import matrix, money_pairs
from app.system.roles import ROLES, Pair
from app.system.views.own_form import OwnFormView
from app.system.views.rights import compare_links


class RoleView(OwnFormView):
    """角色."""

    spec: Spec = spec_of(Role)
    entry = Entry(Role, list_links=compare_links)
    route_base = "/role"
    class_permission_name = "Role"

    @expose("/add", methods=["GET", "POST"])
    @needs("add")
    def add(self) -> Any:
        """Show and take the form of a new role."""
        return self._adding(frozenset(), "")

    @expose("/copy/<int:pk>", methods=["GET", "POST"])
    @needs("add")
    def copy(self, pk: int) -> Any:
        """Show and take the form of a role that begins with another's rights."""
        role = self.row_or_404(pk)
        return self._adding(pairs_of(session=db.session(), role_id=pk), _("%(name)s 副本", name=role.name))

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @needs("edit")
    def edit(self, pk: int) -> Any:
        """Name and rights."""
        role = self.row_or_404(pk)
        form = self._form(pairs_of(session=db.session(), role_id=pk), role.name)
        if request.method == "POST" and form.validate():
            name, pairs = form["name"].data, self._pairs(form)
            done = self.save(
                form, lambda: change_role(session=db.session(), role_id=pk, name=name, pairs=pairs), pk
            )
            if done is not None:
                return done
        elif request.method == "GET":
            form.row_version.data = self.version(pk)
        return self._page(form, self.row_or_404(pk))

    @expose("/delete/<int:pk>", methods=["POST"])
    @needs("delete")
    def delete(self, pk: int) -> Any:
        """Delete a role that nobody has."""
        self.row_or_404(pk)
        return self.remove(lambda: delete_role(session=db.session(), role_id=pk), pk)

    def show_page(self, row: Role) -> ShowPage:
        """Return the engine's page, with the rights in words and who has them."""
        page = super().show_page(row)
        held = pairs_of(session=db.session(), role_id=row.id)
        groups = list(page.groups)
        members = db.session.scalars(
            select(User).where(User.roles.any(Role.id == row.id)).order_by(User.username)
        ).all()
        if members:
            heading, facts = groups[0]
            groups[0] = (
                heading,
                [*facts, Fact(_("操作员"), Cell("、".join(map(str, members)), "long_text"))],
            )
        for module in matrix():
            facts = [
                Fact(_(line.label), Cell("、".join(words)))
                for line in module.documents
                if (words := [_(one.label) for one in line.rights if (one.verb, one.document) in held])
            ]
            if facts:
                groups.append((_(module.label), facts))
        buttons = list(page.buttons)
        if may_write("add", self.spec):
            buttons.insert(1, Button("copy", _("复制"), f"/role/copy/{row.id}", "copy"))
        if row.name in ROLES:
            buttons = [one for one in buttons if one.name != "delete"]
        return replace(page, groups=groups, buttons=buttons)

    def version(self, pk: int) -> str:
        """Return the name and the rights."""
        return fingerprint(self.row_or_404(pk).name, sorted(pairs_of(session=db.session(), role_id=pk)))

    def _adding(self, held: frozenset[Pair], name: str) -> Any:
        form = self._form(held, name)
        if request.method == "POST" and form.validate():
            name, pairs = form["name"].data, self._pairs(form)
            done = self.save(form, lambda: add_role(session=db.session(), name=name, pairs=pairs), None)
            if done is not None:
                return done
        return self._page(form, None)

    @staticmethod
    def _form(held: frozenset[Pair], name: str) -> Any:
        kind = role_form(
            rights=[one.key for module in matrix() for line in module.documents for one in line.rights]
        )
        if request.method == "POST":
            return kind()
        return kind(formdata=None, name=name, rights=[f"{document}.{verb}" for verb, document in held])

    @staticmethod
    def _pairs(form: Any) -> frozenset[Pair]:
        keys = (key.partition(".") for key in form.rights.data)
        return frozenset((verb, document) for document, _dot, verb in keys)

    def _page(self, form: Any, role: Role | None) -> Any:
        status = 422 if form.errors and request.method == "POST" else 200
        locked, why = self._locked(role)
        return render_template(
            "system/role_matrix.html",
            page=self.page(form, role, [("", ["name"])]),
            modules=matrix(),
            columns=[_(label) for label in VERBS.values()],
            ticked=set(form.rights.data or ()),
            locked={f"{document}.{verb}" for verb, document in locked},
            locked_why=why,
        ), status

    @staticmethod
    def _locked(role: Role | None) -> tuple[frozenset[Pair], str]:
        """Return what the person at the page may not tick here, and why; the operation refuses it all the same."""
        if role is not None and role.name == ADMINISTRATOR:
            return money_pairs(), _("系统管理员可以授予任何权限，但自己没有收费、收款、月结和报表的权限。")
        own = grantable_pairs(session=db.session())
        if own is None:
            return frozenset(), ""
        return frozenset(known_pairs(current_app)) - own, _("您自己没有的权限不能授予。")
