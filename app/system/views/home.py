"""What the home page says to who looks after operators."""

from collections.abc import Iterator
from urllib.parse import urlencode

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _

from app.kernel.errors import N_
from app.lowcode import clock, listing
from app.lowcode.db import db
from app.lowcode.document import spec_of
from app.lowcode.home import Duty, Shortcut, Task, rows_waiting
from app.lowcode.logins import LoginRecord


def _failed_today() -> Iterator[Task]:
    """Count today's refused logins, leading to them."""
    spec = spec_of(LoginRecord)
    pairs = [("f.succeeded.eq", "0"), ("f.at.ge", clock.today().isoformat())]
    count, _totals = listing.summary(session=db.session(), query=listing.Query.of(spec, pairs), fields=())
    if count:
        yield Task(_("今天没有成功的登录"), f"{spec.url}/list/?{urlencode(pairs)}", count)


DUTIES = (
    Duty(
        "edit",
        "User",
        rows_waiting(User, N_("没有角色的操作员"), ("active.eq", "1"), ("role_names.none", "1")),
        "user-question",
    ),
    Duty("read", "LoginRecord", _failed_today, "login"),
)
SHORTCUTS = (
    Shortcut("add_user", N_("新增操作员"), "/user/add", "user-plus", "add", "User"),
    Shortcut("roles", N_("角色"), "/role/list/", "shield-lock", "edit", "Role"),
    Shortcut("menu", N_("菜单管理"), "/menu/", "layout-sidebar", "edit", "MenuItem"),
)
