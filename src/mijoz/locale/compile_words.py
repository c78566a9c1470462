"""Turns `words/*.json` into the catalogues Django reads: `python -m mijoz.locale.compile_words`.

Every app keeps its Uzbek and Russian in one file, keyed by the English of the source:

    {"Customers": {"uz": "Mijozlar", "ru": "Клиенты"},
     "%(n)s customer": {"plural": "%(n)s customers",
                        "uz": ["%(n)s mijoz"], "ru": ["%(n)s клиент", "%(n)s клиента", "%(n)s клиентов"]}}

`"context"` stands for the context of pgettext. `missing` finds the strings that no file translates.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from django.utils.translation.template import templatize

LOCALE = Path(__file__).resolve().parent
PACKAGE = LOCALE.parent

PLURAL_FORMS = {
    "uz": (1, "nplurals=1; plural=0;"),
    "ru": (
        3,
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    ),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|(?<!%)%[sd](?!\w)|\{\w*\}")
LONE_PERCENT = re.compile(r"%(?!\(\w+\)[sd]|[sd](?!\w)|%)")
WRONG_APOSTROPHE = re.compile(r"[A-Za-z]['‘’`´][A-Za-z]|[oOgG]['‘’`´]")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
IN_TEMPLATE = re.compile(r"\b(_|n?p?gettext)\(")

Key = tuple[str, str]  # context ("" for none), msgid


class WordsFailed(Exception):
    """The words contradict themselves; the message has one line for each fault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One string in each language: one form, or as many as the language has plurals."""

    plural: str
    forms: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Untranslated:
    path: Path
    line: int
    msgid: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.msgid!r}"


def read(folder: Path = LOCALE / "words") -> dict[Key, Entry]:
    """All files of `folder` as one. Raises WordsFailed with every fault there is."""
    entries: dict[Key, Entry] = {}
    owners: dict[Key, str] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.json")):
        pairs = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        for msgid, written in pairs:
            fields = dict(written)
            key = (fields.get("context", ""), msgid)
            wrong = [f"{path.name}: {msgid!r}: {fault}" for fault in _faults(msgid, fields)]
            faults += wrong
            if wrong:
                continue
            forms = {language: _forms(fields[language]) for language in PLURAL_FORMS}
            entry = Entry(fields.get("plural", ""), forms)
            if key in entries and entries[key] != entry:
                faults.append(f"{path.name}: {msgid!r}: {owners[key]} translates it otherwise")
            entries.setdefault(key, entry)
            owners.setdefault(key, path.name)
    if faults:
        raise WordsFailed("\n".join(faults))
    return entries


def write(entries: dict[Key, Entry], target: Path = LOCALE) -> None:
    """The .po and .mo of each language below `target`."""
    for language, (_count, formula) in PLURAL_FORMS.items():
        catalogue = Catalog(locale=language, project="Mijoz", fuzzy=False)
        catalogue.mime_headers = [("Plural-Forms", formula)]
        for (context, msgid), entry in entries.items():
            forms = entry.forms[language]
            for ids, strings in _spellings(msgid, entry.plural, forms):
                catalogue.add(ids, strings, context=context or None)
        folder = target / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        for name, writer in (("django.po", write_po), ("django.mo", write_mo)):
            content = io.BytesIO()
            writer(content, catalogue)
            (folder / name).write_bytes(content.getvalue())


def missing(package: Path = PACKAGE, entries: dict[Key, Entry] | None = None) -> list[Untranslated]:
    """The translatable strings of the templates and modules below `package` that no words file has."""
    known = {
        (context, spelling)
        for context, msgid in (read() if entries is None else entries)
        for spelling in (msgid, _doubled(msgid))
    }
    return [
        Untranslated(path.relative_to(package), line, msgid)
        for path, line, context, msgid in strings(package)
        if (context, msgid) not in known
    ]


def _faults(msgid: str, fields: dict[str, Any]) -> Iterator[str]:
    plural = fields.get("plural", "")
    expected = [set(PLACEHOLDER.findall(text)) for text in (msgid, plural) if text]
    for unknown in fields.keys() - {"plural", "context", *PLURAL_FORMS}:
        yield f"{unknown!r} is neither a language nor plural nor context"
    for language, (count, _formula) in PLURAL_FORMS.items():
        if language not in fields:
            yield f"no {language}"
            continue
        forms = _forms(fields[language])
        if len(forms) != (count if plural else 1):
            yield f"{language} has {len(forms)} forms instead of {count if plural else 1}"
        for form in forms:
            if not form.strip():
                yield f"{language} is empty"
            if set(PLACEHOLDER.findall(form)) not in expected:
                yield f"{language} has other placeholders: {form!r}"
            if language == "uz" and WRONG_APOSTROPHE.search(form):
                yield f"Uzbek writes oʻ and gʻ with U+02BB, the tutuq with U+02BC: {form!r}"


def _forms(written: str | list[str]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)


def _doubled(text: str) -> str:
    """How a template looks the string up: with its lone percent signs doubled."""
    return LONE_PERCENT.sub("%%", text)


def _spellings(msgid: str, plural: str, forms: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    """Msgid and translation as a catalogue takes them; twice if templates spell the msgid otherwise."""
    for spell in (str, _doubled) if _doubled(msgid) != msgid else (str,):
        spelt = tuple(spell(form) for form in forms)
        yield ((spell(msgid), spell(plural)), spelt) if plural else (spell(msgid), spelt[0])


def strings(package: Path) -> Iterator[tuple[Path, int, str, str]]:
    """Path, line, context and msgid of each translatable string."""
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("*.txt")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            lines = templatize(source).splitlines()
            source = "\n".join(line.strip() if IN_TEMPLATE.search(line) else "" for line in lines)
        found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
        for line, messages, _comments, context in found:
            msgid = messages[0] if isinstance(messages, tuple) else messages
            if msgid:
                yield path, line, context or "", msgid


def main() -> int:
    try:
        entries = read()
    except WordsFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    write(entries)
    sys.stdout.write(f"{len(entries)} strings in {' and '.join(PLURAL_FORMS)}.\n")
    if "--missing" in sys.argv[1:] and (untranslated := missing(entries=entries)):
        sys.stdout.write("".join(f"{string}\n" for string in untranslated))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
