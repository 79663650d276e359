"""A document's view: Flask-AppBuilder's ModelView (registration, permissions, menu) with the engine's own pages."""

from typing import Any

from flask import current_app
from flask_appbuilder import ModelView

from app.lowcode.document import DocumentBase, spec_of
from app.lowcode.engine import current_engine
from app.lowcode.fields import Field
from app.lowcode.interface import DocumentInterface
from app.lowcode.manifest import Entry
from app.lowcode.pages import Button
from app.lowcode.views.actions import ActionMixin
from app.lowcode.views.attachments import ROUTES as ATTACHING, AttachmentMixin
from app.lowcode.views.boards import BoardMixin
from app.lowcode.views.forms import FormMixin
from app.lowcode.views.lists import ListMixin, arguments
from app.lowcode.views.reveal import RevealMixin
from app.lowcode.views.shows import ShowMixin
from app.lowcode.views.workflow import FlowMixin

# Routes of the stock view that the engine has no use for.
UNUSED = {
    "action",
    "action_post",
    "download",
    "api",
    "api_read",
    "api_create",
    "api_update",
    "api_delete",
    "api_get",
    "api_readvalues",
    "api_column_add",
    "api_column_edit",
}
READ_ONLY = {"add", "edit", "delete"}


class DocumentView(
    BoardMixin,
    FlowMixin,
    RevealMixin,
    ActionMixin,
    AttachmentMixin,
    FormMixin,
    ShowMixin,
    ListMixin,
    ModelView,
):
    """Every document's view; `view_of` makes one a document."""

    def extra_list_buttons(self) -> list[Button]:
        """Buttons that the module adds to the list, and what higher modules offer for all that it finds."""
        found = list(self.entry.list_links()) if self.entry.list_links is not None else []
        for manifest in current_engine().manifests:
            if self.spec.name in manifest.filter_links:
                found += manifest.filter_links[self.spec.name](arguments())
        return found

    def _bulk_buttons(self) -> list[Button]:
        """Return the document's own actions, and what higher modules offer for its ticked rows."""
        found = super()._bulk_buttons()
        for manifest in current_engine().manifests:
            if self.spec.name in manifest.bulk_links:
                found += manifest.bulk_links[self.spec.name]()
        return found

    def _init_properties(self) -> None:
        # The stock view would build filters, forms and columns from the mapping; ours come from the declaration.
        self.related_views: list[Any] = []
        self._related_views: list[Any] = []
        self.list_columns = [one.name for one in self.spec.listed]
        self.show_columns = [one.name for one in self.spec.fields.values()]
        self.add_columns = self.edit_columns = [one.name for one in self.spec.written]

    def _init_forms(self) -> None:
        """Forms are made at each request, in the reader's language."""

    def _init_titles(self) -> None:
        self.title = self.list_title = self.spec.about.label


def unused_routes(entry: Entry) -> set[str]:
    """Return the routes of a document's view that its declaration leaves without use: they do not exist."""
    spec = spec_of(entry.document)
    asked = [one for action in entry.actions for one in action.fields if isinstance(one, Field)]
    needed = {
        "delete": spec.about.deletable,
        "edit": entry.workflow is None or not entry.workflow.never_edited,
        "do": bool(entry.actions),
        "do_ticked": any(action.bulk for action in entry.actions),
        "choices": any(one.kind == "link" for one in asked),
        "timeline": entry.workflow is not None,
        "board": entry.workflow is not None,
        "paper": entry.print_template is not None,
        "print_paper": bool(entry.paper_reveals),
        "select": bool(spec.links),
        "reveal": bool(spec.private),
        **dict.fromkeys(ATTACHING, entry.attachments is not None),
    }
    readonly = READ_ONLY if spec.about.readonly else set()
    return UNUSED | readonly | {name for name, used in needed.items() if not used}


def view_of(entry: Entry) -> type[DocumentView]:
    """Return the view class of a document, with the permissions of its name and the routes that it has."""
    model: type[DocumentBase] = entry.document
    spec = spec_of(model)
    members: dict[str, Any] = {
        "spec": spec,
        "entry": entry,
        "datamodel": DocumentInterface(model),
        "route_base": spec.url,
        "class_permission_name": spec.name,
        "exclude_route_methods": unused_routes(entry),
    }
    return type(f"{spec.name}View", (DocumentView,), members)


def view_for(document: type[DocumentBase]) -> DocumentView:
    """Return the registered view of a document, for a module's own pages. Raises LookupError where it has none."""
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, DocumentView) and view.spec.model is document:
            return view
    raise LookupError(document.__name__)
