"""Forms made from a declaration: each field reads exactly its kind, and says in Chinese what is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import Choice, SelectChoice, SelectFieldBase
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Length, Optional, StopValidation, ValidationError
from wtforms.widgets import Select, TextInput

from app.kernel.cells import read_date, read_decimal
from app.kernel.errors import DomainError
from app.kernel.periods import Period
from app.kernel.presence import present
from app.lowcode import clock, scope
from app.lowcode.actors import current_actor
from app.lowcode.codes import Codes
from app.lowcode.db import db
from app.lowcode.document import Spec, documents
from app.lowcode.fields import Field
from app.lowcode.inputs import MomentField, PrivateField, SignatureField, offered_select

LARGEST = Decimal(10) ** 12


class ExactField(StringField):
    """A number typed by a person, kept exact: no float on the way."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, declared: Field, **options: Any
    ) -> None:
        super().__init__(label, validators, **options)
        self.declared = declared

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            value = read_decimal(valuelist[0])
        except (DomainError, ArithmeticError) as error:
            raise ValueError(_("请填写数字。")) from error
        if value is None:
            return
        if self.declared.kind == "integer":
            if value != value.to_integral_value() or abs(value) >= 2**31:
                raise ValueError(_("请填写整数。"))
            self.data = int(value)
            return
        if abs(value) >= LARGEST:
            raise ValueError(_("数字太大。"))
        if value != value.quantize(Decimal(1).scaleb(-self.declared.scale)):
            raise ValueError(_("最多 %(places)s 位小数。", places=self.declared.scale))
        self.data = value

    def pre_validate(self, form: Any) -> None:
        low = self.declared.minimum
        if low is not None and self.data is not None and self.data < low:
            raise ValidationError(_("不能小于 %(low)s。", low=low))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        if not isinstance(self.data, Decimal):
            return str(self.data)
        # 82.0100 → 82.01, 2.400000 → 2.40: what people would have typed.
        whole, point, rest = format(self.data, "f").partition(".")
        return f"{whole}{point}{rest[:2]}{rest[2:].rstrip('0')}"


class DayField(StringField):
    """A date, picked or typed in any of the ways that people write one."""

    widget = TextInput(input_type="date")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = read_date(valuelist[0])
        except (DomainError, ValueError) as error:
            raise ValueError(_("日期不正确，请写成 2026-03-31。")) from error

    def _value(self) -> str:
        if isinstance(self.data, date):
            return self.data.isoformat()
        return str(self.raw_data[0]) if self.raw_data else ""


class MonthField(StringField):
    """A month, YYYY-MM."""

    widget = TextInput(input_type="month")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Any = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = Period.parse(valuelist[0].strip())
        except (DomainError, ValueError) as error:
            raise ValueError(_("月份不正确，请写成 2026-03。")) from error

    def _value(self) -> str:
        return str(self.data) if self.data else (str(self.raw_data[0]) if self.raw_data else "")


class ChoiceField(SelectField):
    """One of an enum's members."""

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = self.coerce(valuelist[0])
        except ValueError as error:
            raise ValueError(_("请从列表中选择。")) from error


class CodeField(SelectField):
    """A code by its name: what is offered now, and what stands there."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, codes: Codes, **options: Any) -> None:
        super().__init__(label, validators, coerce=_text_or_none, validate_choice=False, **options)
        self.codes = codes

    def iter_choices(self) -> Iterator[Choice]:
        """Return the empty choice, what is offered, and the present value whatever became of it."""
        yield Choice("", "", not self.data, {})
        for code, name in self.codes.choices(current=self.object_data):
            yield Choice(code, name, code == self.data, {})

    def pre_validate(self, form: Any) -> None:
        if self.data and not self.codes.allows(self.data, current=self.object_data):
            raise ValidationError(_("请从列表中选择。"))


class RemoteSelect(SelectFieldBase):
    """A link: renders the chosen row only, asks the server for others, and takes a key within the person's reach."""

    widget = Select()
    data: Any = None

    def __init__(self, label: str, validators: Sequence[Any] = (), *, target: str, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.target = documents[target]

    @property
    def settled(self) -> int | None:
        """The key of the only row there is to choose: a required community where the person reaches one."""
        communities = current_actor().reach.communities
        if self.target.__name__ != "Community" or not self.flags.required or communities is None:
            return None
        return next(iter(communities)) if len(communities) == 1 and not self.errors else None

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if self.data is None and not self.raw_data:
            self.data = self.settled

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        if not valuelist[0].isascii() or not valuelist[0].isdigit() or len(valuelist[0]) > 18:
            raise ValueError(_("请从列表中选择。"))
        self.data = int(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and scope.find(db.session(), self.target, self.data) is None:
            raise ValidationError(_("请从列表中选择。"))

    def iter_choices(self) -> Iterator[Choice]:
        """Return the empty choice and the chosen row."""
        yield Choice("", "", self.data is None, {})
        row = None if self.data is None else scope.find(db.session(), self.target, self.data)
        if row is not None:
            yield Choice(str(row.id), str(row), True, {})


class Given(InputRequired):
    """Something was typed, and more than blanks."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        blank = field.data is None or (isinstance(field.data, str) and not field.data.strip())
        if blank and not field.errors:
            raise StopValidation(self.message)


class Judged:
    """What a field's own rule says of a value; what stands already is let be."""

    def __init__(self, judge: Callable[[Any], str | None]) -> None:
        self.judge = judge

    def __call__(self, form: Any, field: Any) -> None:
        if field.data != field.object_data and (wrong := self.judge(field.data)) is not None:
            raise ValidationError(_(wrong))


class DocumentForm(FlaskForm):
    """Base of the made forms: `row_version` tells whether somebody else changed the row meanwhile.

    `row_seen`, the last line that its history had then, tells what they changed.
    """

    row_version = StringField()
    row_seen = StringField()


def form_class(spec: Spec, *, adding: bool, extra: Sequence[Field] = ()) -> type[DocumentForm]:
    """Return the form of a document: its written fields; one that is fixed is only there when adding.

    `extra`: inputs that are no column; of them one that is not `shown` is only there when editing.
    """
    members: dict[str, Any] = {}
    for one in spec.written:
        if adding or not one.fixed:
            members[one.name] = _form_field(spec, one)
    for one in extra:
        if not one.fixed if not adding else one.shown:
            members[one.name] = _form_field(spec, one)
    return type(f"{spec.name}Form", (DocumentForm,), members)


def inputs_form(
    spec: Spec,
    fields: Sequence[Field],
    select_url: Callable[[Field], str],
    offers: Mapping[str, Sequence[tuple[int, str]]],
) -> type[FlaskForm]:
    """Return the form of an action's inputs; `select_url`: where the choices of a link come from that are not `offers`."""
    members = {one.name: _form_field(spec, one, select_url(one), offers.get(one.name)) for one in fields}
    return type(f"{spec.name}Inputs", (FlaskForm,), members)


def _form_field(
    spec: Spec, one: Field, select_url: str = "", offered: Sequence[tuple[int, str]] | None = None
) -> Any:
    # bool and choice without blank always arrive; anything else required must be given.
    validators: list[Any] = [Given(_("必填。"))] if one.required and one.kind != "bool" else [Optional()]
    if one.length:
        validators.append(Length(max=one.length, message=_("最多 %(max)d 个字。")))
    if one.judge is not None:
        validators.append(Judged(one.judge))
    common: dict[str, Any] = {
        "label": _(one.label) + (_("（%(text)s）", text=_(one.unit)) if one.unit else ""),
        "validators": validators,
        "description": _(one.help) if one.help else "",
    }
    default = _default(spec, one)
    match one.kind:
        case "integer" | "number" | "money":
            return ExactField(**common, declared=one, default=default, render_kw={"inputmode": "decimal"})
        case "date":
            return DayField(**common, default=default)
        case "period":
            return MonthField(**common, default=default)
        case "long_text":
            return TextAreaField(**common, filters=[_stripped], render_kw={"rows": 3})
        case "bool":
            return BooleanField(common["label"], description=common["description"], default=default)
        case "choice":
            blank = [] if one.required and default is not None else [SelectChoice("", "")]
            choices = [*blank, *(SelectChoice(member.value, _(member.label)) for member in present(one.enum))]
            return ChoiceField(
                **common, choices=choices, coerce=_coerce(one), default=default, validate_choice=False
            )
        case "moment":
            return MomentField(**common, default=default)
        case "phone" | "identity":
            return PrivateField(**common, declared=one, render_kw={"autocomplete": "off"})
        case "signature":
            return SignatureField(**common)
        case "link" if offered is not None:
            return offered_select(**common, offered=offered)
        case "code":
            return CodeField(**common, codes=present(one.codes), default=default)
        case "link":
            target = documents[str(one.target)]
            attributes = {"data-select-url": select_url or f"{spec.url}/select/{one.name}"}
            depends = None if select_url else spec.dependencies.get(one.name)
            if depends:
                attributes["data-depends-on"] = " ".join(depends)
            if one.nothing:
                attributes["data-placeholder"] = _(one.nothing)
            return RemoteSelect(**common, target=target.__name__, render_kw=attributes)
        case _:
            return StringField(**common, filters=[_stripped])


def _default(spec: Spec, one: Field) -> Any:
    column = spec.model.__table__.c.get(one.name)
    default = None if column is None else column.default
    # Whoever writes something down does so now, unless it was earlier.
    if one.kind in ("moment", "date") and default is not None:
        return clock.now if one.kind == "moment" else clock.today
    return default.arg if default is not None and default.is_scalar else None


def _stripped(value: str | None) -> str | None:
    return (value.strip() or None) if isinstance(value, str) else value


def _text_or_none(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _coerce(one: Field) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value is None or value == "":
            return None
        enum = present(one.enum)
        if isinstance(value, enum):
            return value
        try:
            return enum(value)
        except ValueError as error:
            raise ValueError(_("请从列表中选择。")) from error

    return read


def groups_of(spec: Spec, form: DocumentForm) -> list[tuple[str, list[str]]]:
    """Return the form's fields under their group headings, in the order of declaration."""
    groups: dict[str, list[str]] = {}
    for one in spec.written:
        if one.name in form:
            groups.setdefault(_(one.group) if one.group else "", []).append(one.name)
    hidden = ("row_version", "row_seen", "csrf_token")
    rest = [f.name for f in form if f.name not in spec.fields and f.name not in hidden]
    if rest:
        groups.setdefault("", []).extend(rest)
    return list(groups.items())
