"""The message catalogs: message ids are the Chinese texts of sources and templates; `en` translates them.

`update` collects the ids into translations/en, `check` fails when one is missing or untranslated, `compile` makes what
the running office reads (.mo, not kept in git).
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "translations"
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
NOISE = re.compile(r'"(Project-Id|Report-Msgid|POT-|PO-Rev|Last-Tr|Language-Team|Generated-By)')
PLACES = re.compile(r"%\((\w+)\)[sd]")
# A template puts values into every text, also where there are none: a sign that names no value breaks the page.
BARE = re.compile(r"%(?!\(\w+\)[sd])")
HAN = re.compile(r"[\u3001\u4e00-\u9fff\uff01-\uff1f]")  # the punctuation of Chinese too


def collected() -> Catalog:
    """Every message id of the app, with the files it stands in."""
    catalog = Catalog(project="property-office", charset="utf-8")
    options = {"**/templates/**.html": {"extensions": "jinja2.ext.do", "silent": "false"}}
    for file, _line, message, comments, context in extract_from_dir(
        ROOT / "app", SOURCES, options, keywords=KEYWORDS, comment_tags=()
    ):
        # `_(row["method"].label)`: the reader of the sources takes the key in the brackets for a message.
        if message and HAN.search(str(message)):
            catalog.add(message, None, [(f"app/{file}", 0)], auto_comments=comments, context=context)
    return catalog


def update() -> int:
    """Bring the English catalog in line with the sources; what nobody says any more goes."""
    catalog = stored()
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write(catalog)
    missing = [message for message in catalog if message.id and not message.string]
    print(f"{ENGLISH.relative_to(ROOT)}: {len(catalog)} messages, {len(missing)} to translate")
    return 0


def check() -> int:
    """0 when every message id has an English translation with the same places, and none is left over."""
    catalog = stored()
    wanted = {message.id for message in collected() if message.id}
    have = {message.id: message.string for message in catalog if message.id}
    problems = [f"not translated: {one}" for one in sorted(map(str, wanted)) if not have.get(one)]
    problems += [f"said nowhere: {one}" for one in sorted(map(str, have.keys() - wanted))]
    problems += [f"bare %: {one} / {have[one]}" for one in sorted(have) if BARE.search(f"{one} {have[one]}")]
    problems += [
        f"Chinese in the English: {one} / {have[one]}"
        for one in sorted(map(str, have))
        if HAN.search(str(have[one]))
    ]
    problems += [
        f"other places: {one} / {have[one]}"
        for one in sorted(map(str, wanted))
        if have.get(one) and set(PLACES.findall(one)) != set(PLACES.findall(str(have[one])))
    ]
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    if problems:
        print(
            f"{len(problems)} problems: `make translations`, then {ENGLISH.relative_to(ROOT)}",
            file=sys.stderr,
        )
    return 1 if problems else 0


def compile_all() -> int:
    """Make the .mo file of every catalog."""
    for source in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file)
        made = io.BytesIO()
        write_mo(made, catalog)
        source.with_suffix(".mo").write_bytes(made.getvalue())
    return 0


def stored() -> Catalog:
    """Return the English catalog as it stands, an empty one when there is none."""
    if not ENGLISH.is_file():
        return Catalog(locale="en", project="property-office", charset="utf-8", fuzzy=False)
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def write(catalog: Catalog) -> None:
    """Write the English catalog, ordered by message id: two people's additions then seldom meet."""
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# What the product says, in English; the message ids are the Chinese texts."
    made = io.BytesIO()
    write_po(made, catalog, sort_output=True, include_lineno=False, width=0)
    lines = made.getvalue().decode().splitlines(keepends=True)
    # The header's dates and names would change at every run and say nothing.
    ENGLISH.write_text("".join(line for line in lines if not NOISE.match(line)), encoding="utf-8")


def main() -> int:
    """Return the command."""
    commands = {"update": update, "check": check, "compile": compile_all}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(f"usage: translations.py {'|'.join(commands)}", file=sys.stderr)
        return 2
    return commands[sys.argv[1]]()


if __name__ == "__main__":
    raise SystemExit(main())
