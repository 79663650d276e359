"""Read a whole case file into a `Case`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cases.language.reader import keys_of, listing, mapping, read, read_record

from .codes import RefusalCode
from .expect import read_expect
from .given import Given, read_given
from .methods import METHODS, one_spelling, read_method, split_parameters, with_changes
from .place import CaseError, Place
from .steps import STEPS, AuditAction, Bill, MeterChange, PriceChange, Reading, Refused, Share, Step, Suspend


@dataclass(frozen=True, kw_only=True)
class Case:
    """A story about money; `places` holds where each step stands in the file."""

    file: str
    title: str
    given: Given
    steps: tuple[Step, ...]
    places: tuple[Place, ...]


def parse_case(path: Path) -> Case:
    """Read the case file at `path`; raises CaseError, naming the file and the path in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Place(path.name).error(f"cannot be read: {error}") from error
    return parse_text(text, file=path.name)


def parse_text(text: str, *, file: str) -> Case:
    """Read a case from its text; raises CaseError."""
    top = Place(file)
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader that is stricter still)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that does not exist
        raise top.error(f"is no YAML: {error}") from error
    return parse_raw(raw, file=file)


def parse_raw(raw: Any, *, file: str) -> Case:
    """Read a case from what its YAML holds; raises CaseError."""
    top = Place(file)
    values = mapping(raw, top)
    for key in values:
        if key not in ("case", "given", "steps"):
            raise top.error(f"unknown key {key!r}; known are case, given, steps")
    for key in ("case", "given", "steps"):
        if key not in values:
            raise top.error(f"the key {key!r} is missing")
    given = read_given(values["given"], top.key("given"))
    reader = _StepReader(given, values["given"])
    at = top.key("steps")
    items = listing(values["steps"], at)
    if not items:
        raise at.error("must not be empty")
    steps = tuple(reader.step(item, at.item(index)) for index, item in enumerate(items))
    places = tuple(at.item(index).key(step.word) for index, step in enumerate(steps))
    title: str = read(str, values["case"], top.key("case"))
    return Case(file=file, title=title, given=given, steps=steps, places=places)


class _StepReader:
    """Reads steps in order, since a price change may name only what is new in a fee's parameters."""

    def __init__(self, given: Given, raw_given: dict[str, Any]) -> None:
        self._fees = {fee.name for fee in given.fees}
        self._meters = {meter.code for meter in given.meters}
        self._methods = {fee.name: fee.method.word for fee in given.fees}
        self._parameters = {
            raw["fee"]: split_parameters(raw, Place("given"))[1] for raw in raw_given.get("fees", [])
        }

    def step(self, raw: Any, place: Place) -> Step:
        word, content = _only_key(raw, place)
        at = place.key(word)
        if word == "expect":
            return read_expect(content, at)
        if word == "refused":
            return self._refused(content, at)
        deed: AuditAction = self._deed(word, content, at, kept=True)
        return deed

    def _refused(self, raw: Any, place: Place) -> Refused:
        values = dict(mapping(raw, place))
        if "step" not in values:
            raise place.error("the key 'step' is missing")
        word, content = _only_key(values.pop("step"), place.key("step"))
        at = place.key("step").key(word)
        if word in ("refused", "expect"):
            raise at.error("is nothing that can be refused")
        if "because" in values:
            read(RefusalCode, values["because"], place.key("because"))
        return read_record(Refused, values, place, step=self._deed(word, content, at, kept=False))

    def _deed(self, word: str, raw: Any, place: Place, *, kept: bool) -> Any:
        if word == PriceChange.word:
            return self._price_change(raw, place, kept=kept)
        deed = read_record(STEPS[word], raw, place)
        if isinstance(deed, Reading | MeterChange):
            self._check(deed.meter, self._meters, place.key("meter"))
        elif isinstance(deed, Share | Suspend):
            self._check(deed.fee, self._fees, place.key("fee"))
        elif isinstance(deed, Bill):
            for name in deed.fees or ():
                self._check(name, self._fees, place.key("fees"))
        return deed

    def _price_change(self, raw: Any, place: Place, *, kept: bool) -> PriceChange:
        values = dict(mapping(raw, place))
        if "fee" not in values:
            raise place.error("the key 'fee' is missing")
        fee: str = read(str, values["fee"], place.key("fee"))
        self._check(fee, self._fees, place.key("fee"))
        word = self._methods[fee]
        rest = {key: values.pop(key) for key in ("fee", "from") if key in values}
        changes = one_spelling(word, values, place)
        if not changes:
            raise place.error(f"names no new parameter; known are {', '.join(keys_of(METHODS[word]))}")
        parameters = with_changes(word, self._parameters[fee], changes)
        change = read_record(PriceChange, rest, place, method=read_method(word, parameters, place))
        if kept:  # a refused change leaves the parameters as they were
            self._parameters[fee] = parameters
        return change

    def _check(self, name: str, known: set[str], place: Place) -> None:
        if name not in known:
            raise place.error(f"{name!r} is not given; given are {', '.join(sorted(known)) or 'none'}")


def _only_key(raw: Any, place: Place) -> tuple[str, Any]:
    values = mapping(raw, place)
    if len(values) != 1:
        raise place.error(f"a step has one key, this one has {len(values)}")
    ((word, content),) = values.items()
    if word not in STEPS:
        raise place.error(f"unknown step {word!r}; known are {', '.join(STEPS)}")
    return word, content


class _Loader(yaml.SafeLoader):
    """Safe YAML in which a key that stands twice is a mistake, not the loss of its first value."""


def _mapping_without_repeats(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
            continue
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping_without_repeats)

__all__ = ["Case", "CaseError", "parse_case", "parse_raw", "parse_text"]
