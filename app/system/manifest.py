"""What the system module registers."""

from app.kernel.errors import N_
from app.lowcode.dictionary import DictionaryEntry
from app.lowcode.engine import Engine
from app.lowcode.history import History
from app.lowcode.logins import LoginRecord
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.numbers import NumberRule
from app.lowcode.reports.sheets import REPORT_JOB
from app.lowcode.views.jobs import JobView
from app.lowcode.views.lists import EXPORT_JOB
from app.lowcode.views.notices import NoticeView
from app.lowcode.views.sessions import SessionView
from app.lowcode.workflow import StateChange, escalate_all
from app.system.operations.dictionary import remove_entry, save_entry
from app.system.operations.number_rules import remove_number_rule, save_number_rule
from app.system.roles import declared_pairs
from app.system.views.dictionary import DISABLE, ENABLE
from app.system.views.history import told_of
from app.system.views.home import DUTIES, SHORTCUTS
from app.system.views.logins import open_jobs
from app.system.views.menu import MenuView
from app.system.views.number_rules import example
from app.system.views.rights import RightsView, compare_link, rights_tab
from app.system.views.roles import RoleView
from app.system.views.settings import SettingView
from app.system.views.users import UserView


def start(engine: Engine) -> None:
    """Tell `flask sync` which roles the office starts with."""
    engine.roles = declared_pairs


MANIFEST = Manifest(
    name="system",
    label=N_("系统管理"),
    icon="settings",
    entries=(
        Page(JobView),
        Page(NoticeView),
        Page(SessionView),
        Page(UserView, N_("操作员"), "users"),
        Page(RoleView, N_("角色"), "shield-lock"),
        Page(RightsView),
        Page(MenuView, N_("菜单管理"), "layout-sidebar"),
        Entry(DictionaryEntry, save=save_entry, remove=remove_entry, actions=(ENABLE, DISABLE)),
        Page(SettingView, N_("参数"), "adjustments"),
        Entry(NumberRule, save=save_number_rule, remove=remove_number_rule, facts=example),
        Entry(History, links=told_of),
        StateChange,
        LoginRecord,
    ),
    open_work=(open_jobs,),
    duties=DUTIES,
    shortcuts=SHORTCUTS,
    tabs={"User": (rights_tab,)},
    links={"Role": (compare_link,)},
    # The engine's own work, as its pages above.
    job_handlers=(EXPORT_JOB, REPORT_JOB),
    ticks=(escalate_all,),
    start=start,
)
