"""Every document that is declared has what the engine promises for it, or stands below with its reason."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.lowcode import permissions
from app.lowcode.document import DocumentBase, documents, spec_of
from app.lowcode.engine import engine_of
from app.lowcode.history import _keeps
from app.lowcode.manifest import Entry, Page

# Declared, but with pages of their own or none.
WITHOUT_ENTRY = {
    "MonthSum": "a checked copy of charges and settlements: the reports show it",
    "PeriodReportRow": "the lines of a kept report: its own page shows them",
    "Account": "part of the user's page",
    "Attachment": "shown on the page of the row that it hangs on",
    "Counter": "the numbers given so far: nobody's to read",
    "NumberPrefix": "which kind a prefix belongs to: told when another one wants it",
    "MenuItem": "one page for the whole menu",
    "Job": "everybody has a page of the own jobs",
    "LoginSession": "everybody has a page of the own logins",
    "Notice": "everybody has a page of the own notices",
    "Escalation": "part of a row's way, and the key that keeps it from being told twice",
    "User": "pages of the system module: a password, roles and a reach are no columns",
    "Role": "pages of the system module: the matrix of rights",
    "Setting": "a page of its own: all that is declared, for the office and each community",
    "ScopeGrant": "part of the user's page",
}
WITHOUT_HISTORY = {"History": "the history has none of its own"}
# Routes of Flask-AppBuilder that the product does not use: they answer 404 to everybody.
CLOSED = {"UtilView.back", "LocaleView.index"}


@pytest.fixture
def entries(app: Flask) -> dict[str, Entry]:
    return {
        one.document.__name__: one
        for manifest in engine_of(app).manifests
        for one in manifest.entries
        if isinstance(one, Entry)
    }


def test_every_declared_document_is_registered(entries: dict[str, Entry]) -> None:
    assert set(documents) - set(entries) == set(WITHOUT_ENTRY)


def test_every_document_has_its_pages_and_permissions(app: Flask, entries: dict[str, Entry]) -> None:
    endpoints = set(app.view_functions)
    known = set(permissions.known_pairs(app))
    for document in entries:
        for page in ("list", "show", "export", "print", "history"):
            assert f"{document}View.{page}" in endpoints
        for verb in ("read", "export", "print"):
            assert (verb, document) in known


def test_every_document_stands_in_the_menu(entries: dict[str, Entry]) -> None:
    assert [name for name in entries if not spec_of(documents[name]).about.menu] == []


def test_every_document_and_field_has_a_chinese_label(entries: dict[str, Entry]) -> None:
    for document in entries:
        spec = spec_of(documents[document])
        for label in (spec.about.label, *(field.label for field in spec.fields.values())):
            assert any("\u4e00" <= character <= "\u9fff" for character in label), (document, label)


def test_every_document_has_something_to_list_and_a_title(entries: dict[str, Entry]) -> None:
    for document in entries:
        spec = spec_of(documents[document])
        assert spec.listed, document
        assert spec.title_parts, document
        # L3: "应收 10531" tells nobody whose it is, what for and when.
        assert spec.title_parts != ("id",) and not set(spec.title_parts) <= {"day", "starts", "period"}, (
            document
        )


def test_what_people_edit_keeps_its_history(entries: dict[str, Entry]) -> None:
    edited = {
        name: entry.document for name, entry in entries.items() if not spec_of(entry.document).about.readonly
    }
    assert edited
    kept = {name for name, model in edited.items() if _keeps(_blank(model))}
    assert set(edited) - kept == set(WITHOUT_HISTORY) & set(edited)


def test_every_endpoint_says_who_may_come(app: Flask) -> None:
    unmarked = {
        endpoint for endpoint in app.view_functions if permissions.access_of(app, endpoint)[0] is None
    }
    assert unmarked == CLOSED | set(permissions.OPEN_ENDPOINTS)


def test_what_is_unmarked_does_not_exist(client_of: Any) -> None:
    client: FlaskClient = client_of("管理员")
    assert client.get("/back").status_code == 404


def test_every_page_of_a_module_has_a_permission_that_a_role_may_be_given(app: Flask) -> None:
    known = set(permissions.known_pairs(app))
    for manifest in engine_of(app).manifests:
        for one in manifest.entries:
            if isinstance(one, Page) and one.label:
                assert (one.verb, one.view.class_permission_name) in known, one.view.__name__


def _blank(model: type[DocumentBase]) -> DocumentBase:
    return model.__new__(model)
