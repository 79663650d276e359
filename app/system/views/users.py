"""操作员: the pages of those who may log in."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_appbuilder import expose
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext as _
from sqlalchemy import select

from app.estate.grants import Grants, grantable, grants_of
from app.estate.models import Employee
from app.kernel.errors import DomainError
from app.lowcode.accounts import must_change_password
from app.lowcode.actors import current_actor, person_name
from app.lowcode.db import db
from app.lowcode.document import Spec, spec_of
from app.lowcode.errors import message_of, wants_json
from app.lowcode.logins import hash_password
from app.lowcode.manifest import Entry
from app.lowcode.pages import Cell, Fact, ShowPage
from app.lowcode.permissions import may, needs
from app.lowcode.unit import in_unit_of_work
from app.system.forms import USER_GROUPS, fingerprint, user_form
from app.system.models import NO_EMAIL
from app.system.operations.accounts import disable_user
from app.system.operations.employment import CompanyNeeded, Employment, employee_of
from app.system.operations.users import add_user, change_user, delete_user, grants_in_words
from app.system.views.logins import ACTIONS, disabling, employment_facts, open_work_of
from app.system.views.own_form import OwnFormView
from app.system.views.rights import refuse_beyond_reach


class UserView(OwnFormView):
    """操作员."""

    spec: Spec = spec_of(User)
    entry = Entry(User, actions=ACTIONS, links=disabling)
    route_base = "/user"
    class_permission_name = "User"

    @expose("/add", methods=["GET", "POST"])
    @needs("add")
    def add(self) -> Any:
        """Show and take the form of a new operator."""
        form = self._form(None)
        values = self._typed(form)
        if values is not None:
            done = self.save(
                form,
                lambda: add_user(session=db.session(), username=form.username.data, **values),
                None,
            )
            if done is not None:
                warn_of_nothing(values)
                return done
        return self._page(form, None)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @needs("edit")
    def edit(self, pk: int) -> Any:
        """Name, rights, reach, password; or out of use."""
        user = self.row_or_404(pk)
        form = self._form(user)
        values = self._typed(form)
        if values is not None:
            done = self.save(form, lambda: change_user(session=db.session(), user_id=pk, **values), pk)
            if done is not None:
                warn_of_nothing(values)
                return done
        return self._page(form, self.row_or_404(pk))

    @expose("/delete/<int:pk>", methods=["POST"])
    @needs("delete")
    def delete(self, pk: int) -> Any:
        """Delete an operator of whom nothing tells."""
        self.row_or_404(pk)
        return self.remove(lambda: delete_user(session=db.session(), user_id=pk), pk)

    @expose("/disable/<int:pk>", methods=["GET", "POST"])
    @needs("disable")
    def disable(self, pk: int) -> Any:
        """Return what the person leaves undone is listed first; then they are out at once."""
        user = self.row_or_404(pk)
        if not user.active:
            abort(404)
        url = f"{self.spec.url}/show/{pk}"
        if request.method == "POST":
            try:
                in_unit_of_work(
                    lambda: disable_user(session=db.session(), user_id=pk, by=current_actor().user_id)
                )
                flash(_("“%(title)s”已停用，其登录已全部结束。", title=self.row_or_404(pk)), "success")
                return redirect(url)
            except DomainError as error:
                if wants_json():
                    raise
                flash(message_of(error), "danger")
                user = self.row_or_404(pk)
        return render_template("system/disable_user.html", user=user, work=open_work_of(pk), back_url=url)

    def row_or_404(self, pk: int) -> User:
        """Return an operator who reaches no further than the person at the page."""
        user: User = super().row_or_404(pk)
        refuse_beyond_reach(pk)
        return user

    def show_page(self, row: User) -> ShowPage:
        """Return the engine's page, with the reach among the facts."""
        page = super().show_page(row)
        session = db.session()
        facts = [Fact(_("管辖范围"), Cell(grants_in_words(session=session, user_id=row.id) or _("无")))]
        if must_change_password(session=session, user_id=row.id):
            facts.append(Fact(_("下次登录须改密码"), Cell(_("是"), "bool")))
        employee = _employee(row.id)
        if employee is not None:
            facts += employment_facts(session=session, employee=employee)
        first, *rest = page.groups
        return replace(page, groups=[(first[0], [*first[1], *facts]), *rest])

    def version(self, pk: int) -> str:
        """Everything that the form shows of the operator."""
        user = self.row_or_404(pk)
        grants = grants_of(session=db.session(), user_id=pk)
        return fingerprint(
            user.last_name,
            user.first_name,
            user.email,
            sorted(role.id for role in user.roles),
            grants.everything,
            sorted(grants.companies),
            sorted(grants.communities),
            *((one.number, one.department_id, one.position, one.phone) if (one := _employee(pk)) else ()),
        )

    def _form(self, user: User | None) -> Any:
        roles = db.session.execute(select(Role.id, Role.name).order_by(Role.name)).all()
        companies, communities = grantable(session=db.session())
        employee = None if user is None else employee_of(session=db.session(), user_id=user.id)
        # Whose employee lies beyond the reach, or who may keep none, is not asked for it.
        asked = may("edit", "Employee") and (employee is None or employee.company_id in dict(companies))
        kind = user_form(
            adding=user is None,
            roles=roles,
            companies=companies,
            communities=communities,
            employers=companies if asked else (),
        )
        if request.method == "POST" or user is None:
            return kind(phone=employee.phone) if asked and employee is not None else kind()
        grants = grants_of(session=db.session(), user_id=user.id)
        form = kind(
            formdata=None,
            name=person_name(user),
            email="" if user.email.endswith(NO_EMAIL) else user.email,
            password_due=must_change_password(session=db.session(), user_id=user.id),
            **_employee_data(employee),
            roles=[role.id for role in user.roles],
            everything=grants.everything,
            companies=sorted(grants.companies),
            communities=sorted(grants.communities),
        )
        form.row_version.data = self.version(user.id)
        return form

    def _typed(self, form: Any) -> dict[str, Any] | None:
        """Return what a form that was sent says, the password hashed; None with the reason on the form."""
        if request.method != "POST" or not form.validate():
            return None
        try:
            return self._values(form)
        except DomainError as error:
            self._blame(form, error.field, message_of(error))
            return None

    @staticmethod
    def _values(form: Any) -> dict[str, Any]:
        return {
            "name": form["name"].data,
            "email": form.email.data,
            "password": hash_password(form.password.data) if form.password.data else None,
            "password_due": form.password_due.data,
            **({"employment": _employment(form)} if "number" in form else {}),
            "role_ids": form.roles.data,
            "grants": Grants(
                form.everything.data, frozenset(form.companies.data), frozenset(form.communities.data)
            ),
        }

    def _page(self, form: Any, user: User | None) -> Any:
        status = 422 if form.errors and request.method == "POST" else 200
        return render_template("form.html", page=self.page(form, user, USER_GROUPS)), status


def warn_of_nothing(values: dict[str, Any]) -> None:
    """Say what an operator lacks who will see an empty office."""
    if not values["role_ids"]:
        flash(_("这名操作员还没有角色，登录后什么也不能做。请修改，勾选角色。"), "warning")
    if values["grants"] == Grants():
        flash(_("这名操作员还没有管辖范围，登录后看不到任何小区。请修改，勾选公司或小区。"), "warning")


def _employee(user_id: int) -> Employee | None:
    """Return the employee of a login, within the reach of the person at the page."""
    return db.session.scalar(select(Employee).where(Employee.user_id == user_id))


def _employee_data(employee: Employee | None) -> dict[str, Any]:
    names = ("company_id", "number", "department_id", "position", "phone")
    return {} if employee is None else {name: getattr(employee, name) for name in names}


def _employment(form: Any) -> Employment | None:
    """Return what the form says of the employee. Raises CompanyNeeded."""
    if not form.number.data:
        return None
    if form.company_id.data is None:
        raise CompanyNeeded(field="company_id")
    return Employment(
        form.company_id.data, form.number.data, form.department_id.data, form.position.data, form.phone.data
    )
