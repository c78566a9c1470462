"""The house stays in order: keys point down, settings are documented, every text has its translations."""

from __future__ import annotations

import configparser
import gettext
import json
import re
from pathlib import Path

import django
from django.apps import apps

from mijoz.locale import compile_words

ROOT = Path(__file__).resolve().parents[2]


def floors() -> list[str]:
    """The folders from top to bottom, as the import contract has them."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / ".importlinter")
    return contract["importlinter:contract:house"]["layers"].split()


def test_foreign_keys_point_down() -> None:
    order = {name: place for place, name in enumerate(floors())}
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model._meta.app_label in order
        and field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and order.get(field.related_model._meta.app_label, len(order)) < order[model._meta.app_label]
    ]
    assert upward == []


def test_every_app_stands_in_the_list_of_floors() -> None:
    own = {config.label for config in apps.get_app_configs() if config.name.startswith("mijoz.")}
    assert own <= set(floors())


def test_every_setting_is_documented() -> None:
    read = set()
    for path in (ROOT / "src" / "mijoz").rglob("*.py"):
        read |= set(re.findall(r"\b(MIJOZ_[A-Z_]+|DATABASE_URL)\b", path.read_text(encoding="utf-8")))
    internal = {"MIJOZ_WEB_PROCESS"}
    documented = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert {name for name in read - internal if name not in documented} == set()


def test_no_address_of_another_host_in_a_template_or_script() -> None:
    foreign = [
        f"{path.relative_to(ROOT)}: {found}"
        for pattern in ("*.html", "*.css", "*.js")
        for path in (ROOT / "src" / "mijoz").rglob(pattern)
        if "vendor" not in path.parts
        for found in re.findall(
            r"""(?:src|href|url|import)\s*[=(]?\s*["'(]+(https?://[^"')]+)""",
            path.read_text(encoding="utf-8"),
        )
        if "www.w3.org" not in found
    ]
    assert foreign == []


def test_every_text_is_translated() -> None:
    assert [str(text) for text in compile_words.missing()] == []


def test_the_words_contradict_nothing_and_spell_uzbek_rightly() -> None:
    compile_words.read()  # raises WordsFailed for a wrong apostrophe, a lost placeholder, a plural too few


class Pairs(list[tuple[str, dict[str, str]]]):
    """A JSON object that may name a key twice, once for each context."""

    def get(self, name: str, default: str) -> str:
        return str(dict(self).get(name, default))


def test_no_words_are_kept_that_nobody_says() -> None:
    """What only the libraries say stands in a file of its own."""
    said = {(context, msgid) for _path, _line, context, msgid in compile_words.strings(compile_words.PACKAGE)}
    said |= {(context, msgid.replace("%%", "%")) for context, msgid in said}
    kept = {
        (fields.get("context", ""), msgid)
        for path in (compile_words.LOCALE / "words").glob("*.json")
        if path.stem != "libraries"
        for msgid, fields in json.loads(path.read_text("utf-8"), object_pairs_hook=Pairs)
    }
    assert kept - said == set()


def test_the_words_for_the_libraries_are_words_that_they_say() -> None:
    """Else a new version of theirs would speak English, or another Uzbek, on our pages."""
    said: set[str] = set()
    for folder in ("django/conf", "django/contrib/auth", "allauth"):
        catalogue = Path(django.__file__).parents[1] / folder / "locale" / "ru" / "LC_MESSAGES" / "django.mo"
        with catalogue.open("rb") as file:
            said |= {key if isinstance(key, str) else key[0] for key in gettext.GNUTranslations(file)._catalog}
    ours = json.loads((compile_words.LOCALE / "words" / "libraries.json").read_text("utf-8"))
    assert set(ours) - said == set()
