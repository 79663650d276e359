"""What the modules' manifests put into the menu: modules in their order, and in each its documents and pages."""

from collections.abc import Sequence

from app.lowcode.document import spec_of
from app.lowcode.manifest import Entry, Manifest, Page
from app.lowcode.menu.nodes import Registered


def default_menu(manifests: Sequence[Manifest]) -> list[Registered]:
    """List every module and its entries in the default order."""
    return [one for module in manifests for one in _entries_of(module)]


def _entries_of(module: Manifest) -> list[Registered]:
    entries = [found for one in module.entries if (found := _entry(module.name, one)) is not None]
    return [Registered(module.name, module.label, module.icon), *entries] if entries else []


def _entry(module: str, one: object) -> Registered | None:
    if isinstance(one, Page):
        if not one.label:
            return None
        base = one.view.route_base
        right = (one.verb, one.view.class_permission_name)
        return Registered(
            one.view.__name__, one.label, one.icon, module, base + one.view.menu_path, base, right
        )
    if not isinstance(one, Entry):
        raise TypeError(f"{module}: {one!r} is no entry of a menu")
    spec = spec_of(one.document)
    if not spec.about.menu:
        return None
    return Registered(
        spec.name,
        spec.about.label,
        spec.about.icon,
        module,
        f"{spec.url}/list/",
        spec.url,
        ("read", spec.name),
    )
