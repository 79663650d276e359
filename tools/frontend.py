"""Copies the few front-end files that the pages load from node_modules into app/static/vendor (git-ignored).

Idempotent: a file is copied only when it is missing or differs. Run after `npm ci`; there is no other build step.
"""

import filecmp
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# what the pages load: path under node_modules → path under app/static/vendor
FILES: Mapping[str, str] = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "@tabler/core/LICENSE": "tabler/LICENSE",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "tabler-icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "tabler-icons/fonts/tabler-icons.woff2",
    "@tabler/icons-webfont/LICENSE": "tabler-icons/LICENSE",
    "echarts/dist/echarts.common.min.js": "echarts/echarts.common.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "tom-select/dist/js/tom-select.base.min.js": "tom-select/tom-select.base.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select/tom-select.bootstrap5.min.css",
    "tom-select/LICENSE": "tom-select/LICENSE",
    "wunderbaum/dist/wunderbaum.umd.min.js": "wunderbaum/wunderbaum.umd.min.js",
    "wunderbaum/dist/wunderbaum.css": "wunderbaum/wunderbaum.css",
    "wunderbaum/LICENSE": "wunderbaum/LICENSE",
}


def copy_vendor_files(*, source: Path, target: Path) -> int:
    """Bring `target` in line with FILES; files there that FILES no longer names are removed.

    Returns the number of files that changed. Raises FileNotFoundError when npm has not installed a package.
    """
    changed = 0
    for origin, name in FILES.items():
        old, new = source / origin, target / name
        if not old.is_file():
            if new.name == "LICENSE":  # some packages leave it out of what they publish
                continue
            raise FileNotFoundError(f"{old}: run `npm ci` first")
        if new.is_file() and filecmp.cmp(old, new, shallow=False):
            continue
        new.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(old, new)
        changed += 1
    wanted = {target / name for name in FILES.values()}
    for stray in [path for path in target.rglob("*") if path.is_file() and path not in wanted]:
        stray.unlink()
        changed += 1
    return changed


def main() -> int:
    """Return the command: 0 when the files are in place, 1 when node_modules lacks one of them."""
    try:
        changed = copy_vendor_files(source=ROOT / "node_modules", target=ROOT / "app" / "static" / "vendor")
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"app/static/vendor: {changed} changed, {len(FILES)} files")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
