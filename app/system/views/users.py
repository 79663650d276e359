"""操作员: the pages of those who may log in."""

from dataclasses import replace
from typing import Any

from flask import abort, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from sqlalchemy import select

from app.estate.grants import BeyondOwnReach, Grants, check_within_own, grantable, grants_of
from app.lowcode.actors import person_name
from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.manifest import Entry
from app.lowcode.pages import Cell, Fact, ShowPage
from app.lowcode.permissions import needs
from app.system.forms import USER_GROUPS, fingerprint, user_form
from app.system.models import NO_EMAIL
from app.system.operations.users import add_user, change_user, delete_user, grants_in_words
from app.system.views.own_form import OwnFormView


class UserView(OwnFormView):
    """操作员."""

    spec: Spec = spec_of(User)
    entry = Entry(User)
    route_base = "/user"
    class_permission_name = "User"

    @expose("/add", methods=["GET", "POST"])
    @needs("add")
    def add(self) -> Any:
        """A new operator."""
        form = self._form(None)
        if request.method == "POST" and form.validate():
            done = self.save(
                form,
                lambda: add_user(session=db.session(), username=form.username.data, **self._values(form)),
                None,
            )
            if done is not None:
                return done
        return self._page(form, None)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @needs("edit")
    def edit(self, pk: int) -> Any:
        """Name, rights, reach, password; or out of use."""
        user = self.row_or_404(pk)
        form = self._form(user)
        if request.method == "POST" and form.validate():
            values = self._values(form)
            done = self.save(form, lambda: change_user(session=db.session(), user_id=pk, **values), pk)
            if done is not None:
                return done
        return self._page(form, self.row_or_404(pk))

    @expose("/delete/<int:pk>", methods=["POST"])
    @needs("delete")
    def delete(self, pk: int) -> Any:
        """Delete an operator of whom nothing tells."""
        self.row_or_404(pk)
        return self.remove(lambda: delete_user(session=db.session(), user_id=pk), pk)

    def row_or_404(self, pk: int) -> User:
        """An operator who reaches no further than the person at the page: what the others reach is not shown."""
        user: User = super().row_or_404(pk)
        try:
            check_within_own(session=db.session(), grants=grants_of(session=db.session(), user_id=pk))
        except BeyondOwnReach:
            abort(404)
        return user

    def show_page(self, row: User) -> ShowPage:
        """The engine's page, with the reach among the facts."""
        page = super().show_page(row)
        reach = Fact(_("管辖范围"), Cell(grants_in_words(session=db.session(), user_id=row.id) or _("无")))
        first, *rest = page.groups
        return replace(page, groups=[(first[0], [*first[1], reach]), *rest])

    def version(self, pk: int) -> str:
        """Everything that the form shows of the operator."""
        user = self.row_or_404(pk)
        grants = grants_of(session=db.session(), user_id=pk)
        return fingerprint(
            user.last_name, user.first_name, user.email, user.active, sorted(role.id for role in user.roles),
            grants.everything, sorted(grants.companies), sorted(grants.communities),
        )  # fmt: skip

    def _form(self, user: User | None) -> Any:
        roles = db.session.execute(select(Role.id, Role.name).order_by(Role.name)).all()
        companies, communities = grantable(session=db.session())
        kind = user_form(adding=user is None, roles=roles, companies=companies, communities=communities)
        if request.method == "POST" or user is None:
            return kind()
        grants = grants_of(session=db.session(), user_id=user.id)
        form = kind(
            formdata=None,
            name=person_name(user),
            email="" if user.email.endswith(NO_EMAIL) else user.email,
            active=user.active,
            roles=[role.id for role in user.roles],
            everything=grants.everything,
            companies=sorted(grants.companies),
            communities=sorted(grants.communities),
        )
        form.row_version.data = self.version(user.id)
        return form

    @staticmethod
    def _values(form: Any) -> dict[str, Any]:
        return {
            "name": form["name"].data,
            "email": form.email.data,
            "active": form.active.data,
            "password": form.password.data or None,
            "role_ids": form.roles.data,
            "grants": Grants(
                form.everything.data, frozenset(form.companies.data), frozenset(form.communities.data)
            ),
        }

    def _page(self, form: Any, user: User | None) -> Any:
        status = 422 if form.errors and request.method == "POST" else 200
        return render_template("form.html", page=self.page(form, user, USER_GROUPS)), status
