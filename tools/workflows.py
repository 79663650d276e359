"""Write docs/workflows.md from the declared workflows (`make workflows`): drawing, transitions, limits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.kernel.machines import Transition
from app.lowcode.frame import as_entries
from app.lowcode.manifest import Entry
from app.lowcode.workflow import Limit, Workflow
from app.modules import load
from app.system.roles import ROLES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "workflows.md"
HEAD = """# Workflows

Made from the transition tables by `tools/workflows.py` (`make workflows`); a test compares it. What a transition is, and how a document
gets a workflow: [how-to/add-a-workflow.md](how-to/add-a-workflow.md).
"""


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
    return 0


def page() -> str:
    """Return the page as the workflows are declared now."""
    entries = [one for manifest in load() for one in as_entries(manifest)]
    declared = [one.workflow for one in entries if isinstance(one, Entry) and one.workflow is not None]
    flows = sorted(declared, key=lambda flow: flow.document.__name__)
    return "\n".join([HEAD, *("\n".join(_section(flow)) for flow in flows)])


def _section(flow: Workflow) -> Iterator[str]:
    name = flow.document.__name__
    yield f"## {flow.document.__about__.label} ({name})\n"
    yield f"```mermaid\n{flow.machine.mermaid()}```\n"
    yield "| action | from | to | roles | asks for |"
    yield "|---|---|---|---|---|"
    for one in flow.machine.transitions:
        yield "| " + " | ".join(_cells(flow, one)) + " |"
    yield ""
    for verb, label in flow.further_verbs.items():
        yield f"- `{verb}` {label}: {_roles(name, verb)}"
    for limit in flow.limits:
        yield f"- {_words(limit)}"
    if flow.limits or flow.further_verbs:
        yield ""


def _cells(flow: Workflow, one: Transition[Any]) -> Iterator[str]:
    yield f"{one.label} `{one.action}`"
    yield "、".join(state.label for state in one.sources)
    yield one.target.label
    yield "the system" if one.permission is None else _roles(flow.document.__name__, one.permission)
    yield (
        "、".join(
            f"{field.label}{'' if field.required else ' (may be left out)'}"
            for field, _ask in flow.fields(one.action)
        )
        or "—"
    )


def _roles(document: str, verb: str) -> str:
    return "、".join(role for role, table in ROLES.items() if verb in table.get(document, "").split()) or "—"


def _words(limit: Limit) -> str:
    states = "、".join(state.label for state in limit.states)
    if limit.by is not None:
        ends = f"by {limit.by:%H:%M} of the same day"
    elif limit.hours is not None:
        ends = f"within {limit.hours} hours" + (f" (`{limit.setting}`)" if limit.setting else "")
    else:
        ends = "by the end of that day"
    told = ", ".join(
        f"`{level.to}` after {level.hours} hours more" if level.hours else f"`{level.to}`"
        for level in limit.levels
    )
    return f"{limit.label} (`{limit.name}`): {ends}, from `{limit.since}`, in {states}; told: {told}"


if __name__ == "__main__":
    raise SystemExit(main())
