"""Check what a workflow names: transitions, columns, states, settings."""

from collections.abc import Iterable, Iterator

from sqlalchemy import inspect

from app.lowcode.declaration_error import unknown
from app.lowcode.document import spec_of
from app.lowcode.validation.models import DeclaredNames, input_faults, repeated
from app.lowcode.workflow.declaration import Workflow


def workflow_faults(flow: Workflow, known: DeclaredNames) -> Iterator[tuple[str, str]]:
    """Return (declaration, what is wrong) of a workflow."""
    name = f"Workflow({flow.document.__name__})"
    spec = spec_of(flow.document)
    columns = set(inspect(flow.document).column_attrs.keys())
    relations = set(inspect(flow.document).relationships.keys())
    states = {state.value for state in flow.machine.states}
    named: list[tuple[str, str, str, Iterable[str]]] = [
        *(("board.facts", "column", value, spec.fields) for value in flow.board.facts or ()),
        *(("board.heading", "column", value, spec.fields) for value in (flow.board.heading,) if value),
        *(("board.first", "column", value, columns) for value in flow.board.first),
        *(("board.loads", "link", value, relations) for value in flow.board.loads),
        *(("editable_in", "state", state.value, states) for state in flow.editable_in or ()),
        *(("closed", "state", state.value, states) for state in flow.closed),
    ]
    for limit in flow.limits:
        where = f"limits[{limit.name!r}]"
        named.append((f"{where}.since", "column", limit.since, columns))
        named += [(f"{where}.states", "state", state.value, states) for state in limit.states]
        if limit.setting:
            named.append((f"{where}.setting", "setting", limit.setting, known.settings))
    for declaration, kind, value, names in named:
        if value not in names:
            yield f"{name}.{declaration}", unknown(kind, value, names)
    for value in repeated(limit.name for limit in flow.limits):
        yield f"{name}.limits", f'"{value}" is declared twice'
    for action, step in flow.steps.items():
        for value in repeated(ask.name for ask in step.asks):
            yield f"{name}.steps[{action!r}].asks", f'"{value}" is asked twice'
        fields = [one for one, ask in flow.fields(action) if ask is not None and ask.field is not None]
        for field_name, text in input_faults(fields, known):
            yield f"{name}.steps[{action!r}].asks[{field_name!r}]", text
