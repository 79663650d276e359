"""The check of the catalog finds what would be seen on an English page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations

Spoil = Callable[[Catalog], object]
# Beside Chinese or a value; a time of day or an address has its own.
HALF_WIDTH = re.compile(r"([\u4e00-\u9fff）]|\)[sd]) ?[:;,!?(]|[:;,!?)] ?[\u4e00-\u9fff（]")


def translate(catalog: Catalog, message: str, english: str) -> None:
    found = catalog.get(message)
    assert found is not None
    found.string = english


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], int]:
    """Check a whole catalog that `spoil` has had its hands on."""

    def check(spoil: Spoil) -> int:
        monkeypatch.setattr(translations, "ROOT", tmp_path)
        monkeypatch.setattr(translations, "ENGLISH", tmp_path / "en" / "messages.po")
        (tmp_path / "app").mkdir()
        (tmp_path / "app" / "words.py").write_text('_("保存")\n_("共 %(count)d 行")\n_(row["method"])\n')
        catalog = Catalog(locale="en", charset="utf-8", fuzzy=False)
        catalog.add("保存", "Save")
        catalog.add("共 %(count)d 行", "%(count)d rows")
        spoil(catalog)
        translations.write(catalog)
        return translations.check()

    return check


def test_a_whole_catalog_passes(checked: Callable[[Spoil], int]) -> None:
    assert checked(lambda catalog: None) == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda catalog: catalog.delete("保存"),
        lambda catalog: translate(catalog, "保存", ""),
        lambda catalog: translate(catalog, "保存", "保存"),
        lambda catalog: translate(catalog, "保存", "Save 100%"),
        lambda catalog: translate(catalog, "共 %(count)d 行", "%(number)d rows"),
        lambda catalog: catalog.add("取消", "Cancel"),
    ],
    ids=["missing", "untranslated", "Chinese", "bare percent", "other places", "left over"],
)
def test_what_is_wrong_is_found(checked: Callable[[Spoil], int], spoil: Spoil) -> None:
    assert checked(spoil) == 1


def test_messages_have_the_punctuation_of_chinese() -> None:
    """W3: a half-width colon, comma or bracket is English's."""
    assert [message.id for message in translations.collected() if HALF_WIDTH.search(str(message.id))] == []
