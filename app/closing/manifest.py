"""What the closing module registers."""

from app.closing.books.command import check_books_command
from app.closing.summary import SUMMARY
from app.kernel.errors import N_
from app.lowcode.manifest import Manifest, Page
from app.lowcode.reports.views import view_of_report

MANIFEST = Manifest(
    name="closing",
    label=N_("月结"),
    icon="calendar-check",
    entries=(Page(view_of_report(SUMMARY), SUMMARY.label, SUMMARY.icon),),
    commands=(check_books_command,),
)
