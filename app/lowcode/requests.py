"""What a request may bring, decided in one place before any view: its kind of body, its length, its letters."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Flask, current_app, request

from app.kernel.errors import N_, DomainError

F = TypeVar("F", bound=Callable[..., Any])

LONGEST_URL = 32_000
"""Letters: five hundred ticked rows have a third of it."""
MOST_PARAMETERS = 1500
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


class UnreadableText(DomainError):
    code = "unreadable_text"
    message = N_("输入里有无效字符，请重新填写。")


class WrongKind(DomainError):
    code = "wrong_kind"
    message = N_("发来的数据格式不对：这个地址只接受%(kind)s。请从页面上操作。")


class UrlTooLong(DomainError):
    code = "url_too_long"
    message = N_("网址太长：筛选、排序或所选的行太多，请减少后重试。")


def takes_json(view: F) -> F:
    """Mark a view whose body is JSON; every other one that writes takes a form."""
    view.takes_json = True  # type: ignore[attr-defined]
    return view


def init_requests(app: Flask) -> None:
    """Look at every request before anything else does."""

    @app.before_request
    def _acceptable() -> None:
        if (
            len(request.full_path) > LONGEST_URL
            or sum(1 for _one in request.args.items(multi=True)) > MOST_PARAMETERS
        ):
            raise UrlTooLong
        if request.method in WRITING and request.endpoint is not None:
            _check_kind()
        if any("\0" in text for text in _texts()):
            # No text holds it, and PostgreSQL would fail where it is looked for or written.
            raise UnreadableText


def _check_kind() -> None:
    view: Any = current_app.view_functions[str(request.endpoint)]
    if getattr(getattr(view, "__func__", view), "takes_json", False):
        if not request.is_json:
            raise WrongKind(kind=N_("JSON 数据"))
    # A button that sends nothing sends no type either.
    elif request.mimetype not in FORMS and (request.mimetype or request.content_length):
        raise WrongKind(kind=N_("表单"))


def _texts() -> Iterator[str]:
    for given in (request.args, request.form):
        for name, text in given.items(multi=True):
            yield name
            yield text
    for file in request.files.values():
        yield file.filename or ""
    if request.is_json:
        yield from _texts_in(_json())


def _json() -> Any:
    """Return the body; None for what is no JSON, or is nested deeper than anything of ours."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _texts_in(value: Any) -> Iterator[str]:
    """Every text of a JSON value, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as items:
                waiting += items
            case dict() as members:
                yield from members
                waiting += members.values()
