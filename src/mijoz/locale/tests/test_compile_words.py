"""From the words of the apps to the catalogues that Django reads."""

from __future__ import annotations

import gettext
import json
from pathlib import Path
from typing import Any

import pytest

from mijoz.locale import compile_words
from mijoz.locale.compile_words import WordsFailed

GOOD = {"Customers": {"uz": "Mijozlar", "ru": "Клиенты"}}


def words(tmp_path: Path, **files: Any) -> Path:
    folder = tmp_path / "words"
    folder.mkdir()
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def catalogue(tmp_path: Path, language: str) -> gettext.GNUTranslations:
    with (tmp_path / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def compiled(tmp_path: Path, content: dict[str, Any]) -> Path:
    compile_words.write(compile_words.read(words(tmp_path, app=content)), tmp_path)
    return tmp_path


def test_a_word_is_found_in_both_languages(tmp_path: Path) -> None:
    target = compiled(tmp_path, GOOD)
    assert catalogue(target, "uz").gettext("Customers") == "Mijozlar"
    assert catalogue(target, "ru").gettext("Customers") == "Клиенты"


@pytest.mark.parametrize(("n", "form"), [(1, "1 клиент"), (3, "3 клиента"), (11, "11 клиентов"), (21, "21 клиент")])
def test_russian_has_three_plurals(tmp_path: Path, n: int, form: str) -> None:
    written = {
        "%(n)s customer": {
            "plural": "%(n)s customers",
            "uz": ["%(n)s mijoz"],
            "ru": ["%(n)s клиент", "%(n)s клиента", "%(n)s клиентов"],
        }
    }
    target = compiled(tmp_path, written)
    found = catalogue(target, "ru").ngettext("%(n)s customer", "%(n)s customers", n) % {"n": n}
    assert found == form
    assert catalogue(target, "uz").ngettext("%(n)s customer", "%(n)s customers", n) % {"n": n} == f"{n} mijoz"


def test_a_context_keeps_two_meanings_apart(tmp_path: Path) -> None:
    target = compiled(tmp_path, {"From": {"context": "flow", "uz": "Qayerdan", "ru": "Откуда"}})
    assert catalogue(target, "ru").pgettext("flow", "From") == "Откуда"
    assert catalogue(target, "ru").gettext("From") == "From"


def test_a_percent_sign_is_found_as_templates_look_it_up_too(tmp_path: Path) -> None:
    target = compiled(tmp_path, {"95 % interval": {"uz": "95 % oraliq", "ru": "95 %-й интервал"}})
    assert catalogue(target, "ru").gettext("95 % interval") == "95 %-й интервал"
    assert catalogue(target, "ru").gettext("95 %% interval") == "95 %%-й интервал"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ({"uz": "Mijozlar"}, "no ru"),
        ({"uz": " ", "ru": "Клиенты"}, "uz is empty"),
        ({"uz": "%(m)s mijoz", "ru": "%(n)s клиентов"}, "uz has other placeholders: '%(m)s mijoz'"),
        ({"uz": "mijoz", "ru": "%(n)s клиентов"}, "uz has other placeholders: 'mijoz'"),
        ({"plural": "%(n)s customers", "uz": ["%(n)s mijoz"], "ru": ["%(n)s клиент"]}, "ru has 1 forms instead of 3"),
        ({"uz": "%(n)s o'g'il", "ru": "%(n)s"}, "Uzbek writes oʻ and gʻ with U+02BB"),
        ({"uz": "%(n)s maʻno’si", "ru": "%(n)s"}, "Uzbek writes oʻ and gʻ with U+02BB"),
        ({"uz": "%(n)s", "ru": "%(n)s", "en": "%(n)s"}, "'en' is neither a language nor plural nor context"),
    ],
)
def test_a_fault_is_told_with_file_and_string(tmp_path: Path, written: dict[str, Any], fault: str) -> None:
    with pytest.raises(WordsFailed) as failure:
        compile_words.read(words(tmp_path, app={"%(n)s customer": written}))
    assert f"app.json: '%(n)s customer': {fault}" in str(failure.value)


def test_two_apps_translate_a_string_alike(tmp_path: Path) -> None:
    other = {"Customers": {"uz": "Klientlar", "ru": "Клиенты"}}
    with pytest.raises(WordsFailed, match=r"b\.json: 'Customers': a\.json translates it otherwise"):
        compile_words.read(words(tmp_path, a=GOOD, b=other))


def test_what_no_file_translates_is_found_in_code_and_templates(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "tests").mkdir(parents=True)
    (package / "views.py").write_text('x = _("Customers")\ny = pgettext("flow", "From")\nz = _("95 % sure")\n')
    (package / "page.html").write_text('<p>{% translate "Customers" %}</p>\n{% translate "New offer" %}\n')
    (package / "tests" / "test_x.py").write_text('_("not for people")\n')
    entries = compile_words.read(words(tmp_path, app=GOOD))
    found = {(str(one.path), one.line, one.msgid) for one in compile_words.missing(package, entries)}
    assert found == {("views.py", 2, "From"), ("views.py", 3, "95 % sure"), ("page.html", 2, "New offer")}
