"""Inputs of forms that WTForms has not: a point in time, a masked number, a signature, a choice among a few rows."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput, TextInput

from app.kernel.errors import DomainError
from app.kernel.phones import read_phone
from app.kernel.pictures import read_picture
from app.lowcode import clock
from app.lowcode.fields import Field

LONGEST_SIGNATURE: Final = 300_000
"""Letters: a page full of strokes has a tenth of it."""

_MOMENT: Final = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[ T]+(\d{1,2})[::](\d{2})(?:[::]\d{2})?", re.ASCII
)
_DRAWN: Final = "data:image/png;base64,"


class MomentField(StringField):
    """A day with its time, as the office's clock shows it."""

    widget = TextInput(input_type="datetime-local")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist or not valuelist[0].strip():
            return
        found = _MOMENT.fullmatch(valuelist[0].strip())
        try:
            if found is None:
                raise ValueError
            self.data = datetime(*(int(part) for part in found.groups()), tzinfo=clock.timezone())  # type: ignore[arg-type,misc]
        except ValueError as error:
            raise ValueError(_("时间不正确，请写成 2026-03-31 14:30。")) from error

    def _value(self) -> str:
        if isinstance(self.data, datetime):
            return self.data.astimezone(clock.timezone()).strftime("%Y-%m-%d %H:%M")
        return str(self.raw_data[0]) if self.raw_data else ""


class PrivateField(StringField):
    """A telephone or identity number: the value that stands is shown masked, and stays where the mask is sent back.

    What stands is the row's value, or what the form begins with; a new one is typed whole. `<name>-shown` says which
    mask the form was opened with, where somebody else may have changed the row since.
    """

    shown = ""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, declared: Field, **options: Any
    ) -> None:
        super().__init__(label, validators, **options)
        self.declared = declared

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        self.shown = formdata.get(f"{self.name}-shown", "") if formdata else ""
        super().process(formdata, *args, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        typed, stands = valuelist[0].strip(), self.object_data
        if stands and typed in (self.mask(stands), self.shown) and typed:
            self.data, self.raw_data = stands, [self.mask(stands)]
            return
        self.data = typed or None
        if "*" in typed:
            raise ValueError(_("请填写完整的号码；不改动时请保留原来显示的内容。"))
        if typed and self.declared.kind == "phone":
            try:
                self.data = read_phone(text=typed, stands=stands)
            except DomainError as error:
                raise ValueError(_(error.message)) from error

    def mask(self, value: str) -> str:
        """Return the value as everybody sees it."""
        return value if self.declared.masked is None else self.declared.masked(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.mask(str(self.data)) if self.data else ""


def masks_of(form: Form) -> dict[str, str]:
    """Return what the masked inputs of a form show of the values that stand."""
    return {
        one.name: one.mask(one.object_data)
        for one in form
        if isinstance(one, PrivateField) and one.object_data
    }


class SignatureField(StringField):
    """What was drawn with a finger or a pen: a PNG's bytes, or None. signature.js puts it there as a data URL."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist or not valuelist[0].strip():
            return
        drawn = valuelist[0].strip()
        if not drawn.startswith(_DRAWN) or len(drawn) > LONGEST_SIGNATURE:
            raise ValueError(_("签名没有收到，请重新签。"))
        try:
            picture = read_picture(base64.b64decode(drawn.removeprefix(_DRAWN), validate=True))
        except (DomainError, binascii.Error) as error:
            raise ValueError(_("签名没有收到，请重新签。")) from error
        if picture.ending != "png":
            raise ValueError(_("签名没有收到，请重新签。"))
        self.data = picture.content

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data and not self.errors else ""


def offered_select(*, offered: Sequence[tuple[int, str]], **options: Any) -> Any:
    """Return a link of which only a few rows come into question: all of them, as they are called here."""
    wrong = _("请从列表中选择。")
    choices = [SelectChoice("", ""), *(SelectChoice(str(key), text) for key, text in offered)]
    return SelectField(
        **options, coerce=_key, choices=choices, invalid_choice_message=wrong, invalid_value_message=wrong
    )


def _key(value: Any) -> int | None:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(text)
    return int(text)
