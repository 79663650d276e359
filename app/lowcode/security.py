"""Login, lock-out, password rules, cookies and headers: safe by default, not by configuration."""

import secrets
from typing import Any

from flask import Flask, Response, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.kernel.errors import N_, DomainError
from app.lowcode.accounts import check_other_password, choose_password, user_with_account
from app.lowcode.actors import SYSTEM, acting_as, person_name
from app.lowcode.db import db
from app.lowcode.errors import message_of, refusal, wants_json
from app.lowcode.form_words import init_form_words
from app.lowcode.logins import (
    Attempt,
    check_attempt,
    hash_password,
    is_locked,
    is_password_of,
    log_in,
    record_wrong_password,
)
from app.lowcode.pages import FormPage
from app.lowcode.permissions import for_anyone_logged_in, may, open_to_all
from app.lowcode.redirects import safe_next
from app.lowcode.requests import init_requests
from app.lowcode.sessions import end_session_of, start_session
from app.lowcode.static_files import keep_static
from app.lowcode.unit import in_unit_of_work

csrf = CSRFProtect()

EPOCH = "epoch"  # the account's epoch when the session began
LOGIN = "login"  # the token that names the session's row
PASSWORD_DUE = N_("请先设置新密码，再使用系统。")
WITHOUT_NEW_PASSWORD = frozenset(
    {
        "static",
        "appbuilder.static",
        "LoginView.login",
        "LoginView.logout",
        "LoginView.password",
        "LoginView.language",
        "LoginView.current",
    }
)
"""What answers while a new password is due."""


class WrongOldPassword(DomainError):
    code = "wrong_old_password"
    message = N_("原密码不正确。")


class TooManyWrongPasswords(DomainError):
    code = "too_many_wrong_passwords"
    message = N_("密码错误次数过多，15 分钟内不能修改密码。忘记密码请联系系统管理员重置。")


class TwoPasswords(DomainError):
    code = "two_passwords"
    message = N_("两次输入的密码不同。")


class LoginForm(FlaskForm):
    """登录."""

    username = StringField(N_("登录名"), [InputRequired(), Length(max=128)])
    password = PasswordField(N_("密码"), [InputRequired(), Length(max=200)])


class PasswordForm(FlaskForm):
    """修改密码."""

    old = PasswordField(N_("原密码"), [InputRequired(), Length(max=200)])
    password = PasswordField(
        N_("新密码"),
        [InputRequired(), Length(max=200)],
        description=N_("至少 8 位，含大写、小写、数字、符号中的三种。"),
    )
    again = PasswordField(N_("再输一次"), [InputRequired(), Length(max=200)])


class LoginView(BaseView):
    """Login, logout, own password."""

    route_base = ""
    default_view = "login"

    @expose("/login/", methods=["GET", "POST"])
    @open_to_all
    def login(self) -> Any:
        """Return the login page; a stranger who wanted another page goes on there."""
        if current_user.is_authenticated:
            return redirect(safe_next())
        form = LoginForm()
        for one in (form.username, form.password):
            one.label.text = _(str(one.label.text))
        error = None
        if form.validate_on_submit():
            with acting_as(SYSTEM):
                attempt = check_attempt(
                    session=db.session(),
                    username=form.username.data.strip(),
                    password=form.password.data,
                    address=request.remote_addr or "",
                )
                user, why, token = in_unit_of_work(lambda: admit(session=db.session(), attempt=attempt))
            if user is not None:
                begin_session(user, user_with_account(session=db.session(), user_id=user.id)[1], token)
                return jsonify() if wants_json() else redirect(safe_next())
            error = _(why)
        elif request.method == "POST":
            error = _("请填写登录名和密码。")
        if error and wants_json():
            return refusal(error, 401)
        return render_template("login.html", form=form, error=error), 401 if error else 200

    @expose("/session.json")
    @open_to_all
    def current(self) -> Response:
        """Return who is logged in and the token of their forms, for a page that has been open for long."""
        return jsonify(
            login=current_user.username if current_user.is_authenticated else None,
            csrf=generate_csrf(),
            due=_(PASSWORD_DUE) if password_is_due() else None,
        )

    @expose("/logout/", methods=["POST"])
    @for_anyone_logged_in
    def logout(self) -> Any:
        """Leave; nothing of the session stays, and a copy of its cookie opens nothing any more."""
        token = session.get(LOGIN, "")
        with acting_as(SYSTEM):
            in_unit_of_work(lambda: end_session_of(session=db.session(), token=token))
        logout_user()
        session.clear()
        return redirect(url_for("LoginView.login"))

    @expose("/password", methods=["GET", "POST"])
    @for_anyone_logged_in
    def password(self) -> Any:
        """Change one's own password; the old one is asked for."""
        form = PasswordForm()
        for one in (form.old, form.password, form.again):
            one.label.text = _(str(one.label.text))
            one.description = _(one.description) if one.description else ""
        if form.validate_on_submit():
            try:
                self._choose_password(form)
                flash(_("密码已修改，您在其他地方的登录已结束。"), "success")
                return redirect("/")
            except DomainError as error:
                form[error.field or "password"].errors = [message_of(error)]
        page = FormPage(
            title=_("修改密码"),
            form=form,
            groups=[("", ["old", "password", "again"])],
            back_url="/",
            submit=_("保存"),
            error=_(PASSWORD_DUE) if password_is_due() and request.method == "GET" else None,
        )
        return render_template("form.html", page=page), 422 if form.errors else 200

    @staticmethod
    def _choose_password(form: PasswordForm) -> None:
        """Check and hash outside the unit of work, then store. Raises what stands beside the form's fields."""
        user_id, username, address = current_user.id, current_user.username, request.remote_addr or ""
        if is_locked(session=db.session(), username=username, address=address):
            raise TooManyWrongPasswords(field="old")
        if not is_password_of(current_user, form.old.data):
            in_unit_of_work(
                lambda: record_wrong_password(session=db.session(), username=username, address=address)
            )
            raise WrongOldPassword(field="old")
        if form.password.data != form.again.data:
            raise TwoPasswords(field="again")
        check_other_password(user=current_user, password=form.password.data)
        chosen, seen = hash_password(form.password.data), current_user.password

        def operation() -> tuple[int, str]:
            unit = db.session()
            user = unit.get_one(User, user_id, populate_existing=True)
            if user.password != seen or is_locked(session=unit, username=username, address=address):
                raise WrongOldPassword(field="old")
            epoch = choose_password(session=unit, user=user, password=chosen)
            return epoch, open_session(session=unit, user=user)

        session[EPOCH], session[LOGIN] = in_unit_of_work(operation)

    @expose("/language/<code>")
    @open_to_all
    def language(self, code: str) -> Any:
        """Speak Chinese or English from now on."""
        if code in self.appbuilder.bm.languages:
            session["locale"] = code
        return redirect(safe_next())


def open_session(*, session: Session, user: User) -> str:
    """Write the login of this request down; returns the token of its cookie."""
    return start_session(
        session=session, user=user, address=request.remote_addr or "", agent=request.user_agent.string
    )


def admit(*, session: Session, attempt: Attempt) -> tuple[User | None, str, str]:
    """Write an attempt down, with the login where it is let in: (user, why not, token of the cookie)."""
    user, why = log_in(session=session, attempt=attempt)
    return user, why, "" if user is None else open_session(session=session, user=user)


def begin_session(user: User, epoch: int, token: str) -> None:
    """Log a person in: a session of their account's present epoch, with an earlier one's language only."""
    locale = session.get("locale")
    session.clear()
    if locale is not None:
        session["locale"] = locale
    login_user(user)
    session[EPOCH], session[LOGIN] = epoch, token
    session.permanent = True


def password_is_due() -> bool:
    """Whether the person at the page must choose a new password before anything else."""
    return bool(current_user.is_authenticated and g.get("password_due"))


class OfficeSecurityManager(SecurityManager):
    """Flask-AppBuilder's users, roles and permissions, with our pages and one permission query a request."""

    def register_views(self) -> None:
        """Our login page is the only security page here; users and roles are pages of the system module."""
        self.auth_view = LoginView()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def load_user(self, pk: int) -> User | None:
        """Return the user of a session, unless they are out of use or the session was ended."""
        user, epoch, g.password_due = user_with_account(
            session=db.session(), user_id=int(pk), token=session.get(LOGIN, "")
        )
        if user is None or not user.is_active or session.get(EPOCH, 0) != epoch:
            return None
        return user

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Answer from the request's cached set."""
        return may(permission_name.removeprefix("can_"), view_name)


def csp_nonce() -> str:
    """Return this response's nonce for scripts and style elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def init_security(app: Flask) -> None:
    """CSRF on every writing request, strict headers on every response."""
    init_requests(app)
    init_form_words()

    @app.before_request
    def _renewed() -> Any:
        if request.endpoint in WITHOUT_NEW_PASSWORD or not password_is_due():
            return None
        if wants_json():
            return refusal(_(PASSWORD_DUE), 403, code="password_due")
        return redirect(url_for("LoginView.password"))

    csrf.init_app(app)
    app.jinja_env.globals.update(csp_nonce=csp_nonce, person_name=person_name)

    @app.after_request
    def _headers(response: Response) -> Response:
        nonce = csp_nonce()
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
            "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
            "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
        )
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        kept = request.endpoint == "static" and keep_static(response)
        if not kept and request.endpoint != "appbuilder.static":
            # Files that are sent say "no-cache" of themselves: a browser would keep them.
            response.headers["Cache-Control"] = "no-store"
        return response
