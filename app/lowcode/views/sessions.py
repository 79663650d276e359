"""我的登录: where the person at the page is logged in, and how to end it there."""

from typing import Any

from flask import abort, flash, redirect, render_template, session
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.lowcode.db import db
from app.lowcode.fields import Field
from app.lowcode.permissions import for_anyone_logged_in
from app.lowcode.security import LOGIN
from app.lowcode.sessions import end_other_sessions, end_session, hash_of, sessions_of
from app.lowcode.unit import in_unit_of_work
from app.lowcode.values import format_value

MOMENT = Field("", "moment")


class SessionView(BaseView):
    """Logins of the person at the page; anybody else's do not exist here."""

    route_base = "/sessions"
    default_view = "mine"

    @expose("/")
    @for_anyone_logged_in
    def mine(self) -> Any:
        """All that count, the newest first."""
        here = hash_of(session[LOGIN])
        lines = [
            {
                "id": one.id,
                "at": format_value(one.started_at, MOMENT),
                "address": one.address,
                "agent": one.agent,
                "here": one.token_hash == here,
            }
            for one in sessions_of(session=db.session(), user_id=current_user.id)
        ]
        return render_template("sessions.html", lines=lines)

    @expose("/<int:pk>/end", methods=["POST"])
    @for_anyone_logged_in
    def end(self, pk: int) -> Any:
        """End one; the browser there is at the login page with its next click."""
        user_id = current_user.id
        if pk >= 2**63 or not in_unit_of_work(
            lambda: end_session(session=db.session(), user_id=user_id, session_id=pk)
        ):
            abort(404)
        flash(_("已结束这次登录。"), "success")
        return redirect("/sessions/")

    @expose("/end-others", methods=["POST"])
    @for_anyone_logged_in
    def end_others(self) -> Any:
        """End all but this one."""
        user_id, token = current_user.id, session[LOGIN]
        count = in_unit_of_work(
            lambda: end_other_sessions(session=db.session(), user_id=user_id, token=token)
        )
        flash(_("已结束其他 %(count)d 次登录。", count=count), "success")
        return redirect("/sessions/")
