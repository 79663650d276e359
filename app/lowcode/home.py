"""The first page: cards that the modules register, each loading by itself, and each only for who may read it."""

from dataclasses import dataclass

from flask import current_app, redirect, render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_login import current_user

from app.lowcode.pages import Tab
from app.lowcode.permissions import may, open_to_all


@dataclass(frozen=True, slots=True)
class HomeCard:
    """A card of the home page: loads from `url`; shown to those who may `verb` the `document`."""

    name: str
    label: str
    url: str
    icon: str
    verb: str
    document: str


class HomeView(BaseView):
    """The home page; a stranger is led to the login page."""

    route_base = ""
    default_view = "index"

    @expose("/")
    @open_to_all
    def index(self) -> object:
        """The cards of this person."""
        if not current_user.is_authenticated:
            return redirect(url_for("LoginView.login"))
        cards = [
            Tab(card.name, _(card.label), card.url, card.icon)
            for manifest in current_app.extensions["manifests"]
            for card in manifest.home_cards
            if may(card.verb, card.document)
        ]
        return render_template("home.html", cards=cards)
