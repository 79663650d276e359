"""The search box at the top of every page: 房号, 姓名, 电话, 车牌, 单号, over all modules."""

from typing import Any

from flask import redirect, render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from app.kernel.cells import normal_text
from app.lowcode.document import spec_of
from app.lowcode.engine import current_engine
from app.lowcode.lookups import look_up_text
from app.lowcode.permissions import for_anyone_logged_in, may
from app.lowcode.search import LONGEST

SUGGESTED = 5
SHOWN = 50
Groups = list[tuple[str, list[tuple[str, str, str]]]]


class SearchView(BaseView):
    """What was found, by document, of those that the person may read."""

    route_base = "/search"

    @expose("/suggest")
    @for_anyone_logged_in
    def suggest(self) -> str:
        """Return a few of each, for the list below the box."""
        groups, _more = _search(normal_text(request.args.get("q", ""))[:LONGEST], SUGGESTED)
        return render_template("_suggest.html", groups=groups)

    @expose("")
    @expose("/")
    @for_anyone_logged_in
    def search(self) -> Any:
        """Show what was found, or go to the one row that was found or is called exactly so."""
        typed = normal_text(request.args.get("q", ""))[:LONGEST]
        groups, more = _search(typed, SHOWN)
        hits = [hit for _label, some in groups for hit in some]
        called = [hit for hit in hits if hit[0].casefold() == typed.casefold()]
        if len(hits) == 1 or len(called) == 1:
            return redirect((called or hits)[0][2])
        return render_template("search.html", query=typed, groups=groups, more=more)


def _search(typed: str, most: int) -> tuple[Groups, bool]:
    """Search, a whole telephone as often as one person may. Raises TooManyLookups."""
    return look_up_text(typed, lambda: _hits(typed, most)) or ([], False)


def _hits(typed: str, most: int) -> tuple[Groups, bool] | None:
    """((label, [(text, note, url)]) of each document with hits, whether some were left out); None where nothing was found."""
    groups: Groups = []
    more = False
    for search in (one for manifest in current_engine().manifests for one in manifest.searches):
        spec = spec_of(search.document)
        if not typed or not may("read", spec.name):
            continue
        hits = list(search.find(typed, most + 1))
        more = more or len(hits) > most
        if hits:
            lines = [(hit.text, hit.note, f"{spec.url}/show/{hit.key}") for hit in hits[:most]]
            groups.append((_(spec.about.label), lines))
    return (groups, more) if groups else None
