"""How refusals and faults reach the person: one sentence, translated, never SQL or a traceback."""

import logging
from typing import Any

from flask import Flask, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.kernel.errors import N_, DomainError
from app.lowcode.db import db
from app.lowcode.sentences import spoken_with
from app.lowcode.storage import storage_fault
from app.lowcode.unit import TooBusy, is_passing

log = logging.getLogger(__name__)

SIGNED_OUT = N_("登录已失效，填写的内容没有保存。请在新标签页登录，再回到填写的页面提交。")
SENTENCES = {
    400: N_("请求不完整或已过期，请返回重试。"),
    401: N_("请先登录。"),
    403: N_("您没有这项操作的权限。需要时请联系管理员。"),
    404: N_("没有这个页面或这条记录，或您无权查看。"),
    405: N_("不能这样访问这个地址。"),
    413: N_("文件太大。"),
    414: N_("网址太长：筛选、排序或所选的行太多，请减少后重试。"),
    415: N_("发来的数据格式不对，请从页面上操作。"),
    429: N_("操作太频繁，请稍后再试。"),
    500: N_("系统出错，已记录。请稍后重试或联系管理员。"),
}
# What a refusal means over HTTP, by code; everything else is 400.
STATUS = {
    "out_of_scope": 404,
    "not_yours": 403,
    "busy": 503,
    "wrong_kind": 415,
    "url_too_long": 414,
    "queue_unavailable": 503,
    "whole_office_row": 403,
    "whole_company_row": 403,
    "too_many_lookups": 429,
}


def message_of(error: DomainError) -> str:
    """Return the refusal's sentence in the reader's language."""
    return spoken_with(error.message, error.params)


def wants_json() -> bool:
    """Whether the caller is one of our scripts rather than a person's address bar."""
    return (
        request.is_json
        or request.path.endswith(".json")
        or (
            request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
            == "application/json"
        )
    )


def refusal(sentence: str, status: int, **more: Any) -> Any:
    """Return a refusal as a page, a fragment's text or JSON."""
    if wants_json():
        return jsonify(error=sentence, **more), status
    return render_template("error.html", code=status, message=sentence), status


def init_errors(app: Flask) -> None:
    """Answer every refusal and fault in the product's own words."""

    @app.errorhandler(DomainError)
    def _refused(error: DomainError) -> Any:
        db.session.rollback()
        return refusal(message_of(error), STATUS.get(error.code, 400), code=error.code, field=error.field)

    @app.errorhandler(CSRFError)
    def _forged(_error: CSRFError) -> Any:
        if not current_user.is_authenticated:
            return refusal(_(SIGNED_OUT), 401, code="401")
        answer = make_response(refusal(_("页面已过期或来源不明，请刷新后重试。"), 400, code="csrf"))
        answer.headers["X-Token-Expired"] = "1"  # net.js sends the request again with a token of today
        return answer

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        code = error.code or 500
        if code < 400:
            return error
        sentence = _(SENTENCES.get(code, SENTENCES[500 if code >= 500 else 400]))
        return refusal(sentence, code, code=str(code))

    @app.errorhandler(SQLAlchemyError)
    def _database(error: SQLAlchemyError) -> Any:
        log.error("database error", exc_info=error)
        db.session.rollback()
        if isinstance(error, DBAPIError) and is_passing(error):
            return refusal(message_of(TooBusy()), STATUS[TooBusy.code], code=TooBusy.code)
        return _failed(error)

    @app.errorhandler(OSError)
    def _file(error: OSError) -> Any:
        log.error("file error", exc_info=error)
        db.session.rollback()
        return _failed(error)


def _failed(error: Exception) -> Any:
    """Say what is to be done about a disk or a file, else that it is written down."""
    sentence = storage_fault(error)
    if sentence is None:
        return refusal(_(SENTENCES[500]), 500, code="500")
    return refusal(_(sentence), 507, code="storage")
