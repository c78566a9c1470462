"""Which of the told values the columns of a customer show: the statements, and the choice of names."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from mijoz.customers.names import fold, search_key
from mijoz.events.types import OUR_OWN

NAMES = ("last_name", "first_name", "patronymic")
WIDTHS = {
    "last_name": 200, "first_name": 200, "patronymic": 200, "phone": 40, "email": 254, "language": 2, "gender": 10,
    "birth_on": 10, "birthday": 5, "address": 400, "city": 100, "number": 400,
}  # fmt: skip
ALLOWED = {"gender": {"female", "male"}}
PATTERNS = {"birthday": re.compile(r"\d\d-\d\d"), "language": re.compile(r"[a-z]{2}")}
SHOWN = tuple(WIDTHS)

BY_KEY = {"identity_kind": "text", "identity_account": "text", "identity_value": "text"}
BY_NUMBER = {"identity_id": "bigint"}
TOLD_COLUMNS = {
    "source_id": "bigint",
    "name": "text",
    "value": "text",
    "original": "text",
    "trouble": "text",
    "told_at": "timestamptz",
    "told_by": "text",
}
MAKE_TOLD = f"""
    CREATE TEMP TABLE IF NOT EXISTS told_trait (
        {", ".join(f"{name} {kind}" for name, kind in (BY_KEY | BY_NUMBER | TOLD_COLUMNS).items())},
        place int GENERATED ALWAYS AS IDENTITY
    ) ON COMMIT DELETE ROWS
"""
FIND_IDENTITIES = """
    UPDATE told_trait t SET identity_id = i.id FROM events_identity i
    WHERE (i.value, i.kind, i.account) = (t.identity_value, t.identity_kind, t.identity_account)
"""
TELL = """
    WITH latest AS (
        SELECT DISTINCT ON (identity_id, source_id, name) *
        FROM told_trait WHERE identity_id IS NOT NULL
        ORDER BY identity_id, source_id, name, value = '' AND told_by = '', told_at DESC, place DESC
    ), kept AS (
        INSERT INTO customers_trait AS known (
            identity_id, source_id, name, value, original, trouble, told_at, told_by
        )
        SELECT identity_id, source_id, name, value, original, trouble, told_at, told_by FROM latest
        ORDER BY identity_id, source_id, name
        ON CONFLICT (identity_id, source_id, name) DO UPDATE SET
            value = excluded.value, original = excluded.original, trouble = excluded.trouble,
            told_at = excluded.told_at, told_by = excluded.told_by
        WHERE (excluded.told_at, excluded.value, excluded.original, excluded.trouble, excluded.told_by)
                  IS DISTINCT FROM (known.told_at, known.value, known.original, known.trouble, known.told_by)
              AND excluded.told_at >= known.told_at
              AND (excluded.value <> '' OR excluded.original = '' OR known.value = '')
    )
    SELECT DISTINCT o.customer_id FROM latest JOIN customers_ownership o USING (identity_id)
"""
# A language is a wish: there the word of the customer weighs as much as that of staff, and the later one counts.
RANK = """
    CASE WHEN t.told_by = '' THEN 2 WHEN t.told_by = 'customer' AND t.name <> 'language' THEN 1 ELSE 0 END
"""
COUNTS = "(t.value <> '' OR (t.told_by <> '' AND t.original = '' AND t.trouble = ''))"
# After a merge people look for the name of the customer they kept; what else was told later counts all the same.
# What is joined at the end is made once: a planner that believes the tables empty would make it again for each row.
CHOOSE = f"""
    WITH owned AS (
        SELECT customer_id, identity_id, since, home_id, retired_at
        FROM customers_ownership WHERE customer_id = ANY(%(customers)s)
    ), retired AS MATERIALIZED (
        SELECT o.customer_id, i.kind, i.value
        FROM owned o JOIN events_identity i ON i.id = o.identity_id WHERE o.retired_at IS NOT NULL
    ), told AS (
        SELECT o.customer_id, t.name, t.value, t.told_at, t.source_id, t.identity_id, {RANK} AS rank,
               o.home_id = o.customer_id AS is_own
        FROM owned o JOIN customers_trait t USING (identity_id)
        WHERE t.name IN ({", ".join(f"'{name}'" for name in SHOWN)}) AND {COUNTS}
          AND NOT EXISTS (
            SELECT FROM retired r WHERE (r.customer_id, r.kind, r.value) = (o.customer_id, t.name, t.value)
          )
    ), best AS (
        SELECT DISTINCT ON (customer_id, name) customer_id, name, value
        FROM told WHERE name NOT IN ('last_name', 'first_name', 'patronymic')
        ORDER BY customer_id, name, rank, told_at DESC, source_id, identity_id
    ), chosen AS MATERIALIZED (
        SELECT customer_id, jsonb_object_agg(name, value) AS traits FROM best GROUP BY customer_id
    ), called AS MATERIALIZED (
        SELECT customer_id,
               jsonb_agg(jsonb_build_array(identity_id || '/' || source_id, name, value)
                         ORDER BY rank, is_own DESC, told_at DESC, source_id, identity_id) AS names
        FROM told WHERE name IN ('last_name', 'first_name', 'patronymic') GROUP BY customer_id
    ), known AS (
        SELECT DISTINCT ON (o.customer_id, way) o.customer_id, way, i.value
        FROM owned o JOIN events_identity i ON i.id = o.identity_id,
             LATERAL (SELECT CASE WHEN i.kind IN ('phone', 'email') THEN i.kind ELSE 'number' END AS way)
        WHERE i.kind NOT IN ('customer', 'telegram') AND o.retired_at IS NULL
          AND NOT (i.kind = 'customer_number' AND starts_with(i.value, '{OUR_OWN}'))
        ORDER BY o.customer_id, way, i.kind IN ('anonymous_id', 'cookie', 'device'), o.home_id = o.customer_id DESC,
                 i.kind = 'customer_number' DESC, o.since, o.identity_id
    ), ways AS MATERIALIZED (
        SELECT customer_id, jsonb_object_agg(way, value) AS ways FROM known GROUP BY customer_id
    ), reached AS MATERIALIZED (
        SELECT o.customer_id, jsonb_agg(DISTINCT i.value ORDER BY i.value) AS contacts
        FROM owned o JOIN events_identity i ON i.id = o.identity_id
        WHERE i.kind IN ('phone', 'email') AND o.retired_at IS NULL GROUP BY o.customer_id
    )
    SELECT c.id, traits, names, ways, contacts, c.last_name, c.first_name, c.patronymic, c.phone, c.email,
           c.language, c.gender, coalesce(c.birth_on::text, ''), c.birthday, c.address, c.city, c.number, c.search_key
    FROM customers_customer c
    LEFT JOIN chosen ON chosen.customer_id = c.id
    LEFT JOIN called ON called.customer_id = c.id
    LEFT JOIN ways ON ways.customer_id = c.id
    LEFT JOIN reached ON reached.customer_id = c.id
    WHERE c.id IN (SELECT customer_id FROM owned)
"""  # noqa: S608 - built from constants
SETTLED = (*SHOWN, "search_key")
UPDATE = f"""
    UPDATE customers_customer c SET
        {", ".join(f"{name} = settled.{name}" for name in SETTLED if name != "birth_on")},
        birth_on = nullif(settled.birth_on, '')::date
    FROM jsonb_to_recordset(%s::jsonb) AS settled(id bigint, {", ".join(f"{name} text" for name in SETTLED)})
    WHERE c.id = settled.id
"""  # noqa: S608 - built from constants


class Standing(NamedTuple):
    """A customer as the columns say, with what was told, in JSON: the best value of each trait, names by their tellers
    (best first), the phone, e-mail and number by which the customer is known, and all phones and e-mails."""

    id: int
    traits: str | None
    names: str | None
    ways: str | None
    contacts: str | None
    last_name: str
    first_name: str
    patronymic: str
    phone: str
    email: str
    language: str
    gender: str
    birth_on: str
    birthday: str
    address: str
    city: str
    number: str
    search_key: str


def columns_of(standing: Standing) -> dict[str, Any] | None:
    """What the columns should say, None when they say so already."""
    told = {**_read(standing.ways, {}), **_read(standing.traits, {})}
    told |= one_name(_read(standing.names, []))
    new = {name: _fitting(name, told.get(name, "")) for name in SHOWN}
    if not new["birthday"] and PATTERNS["birthday"].fullmatch(told.get("birth_on", "")):
        new["birthday"] = told["birth_on"]
    new["search_key"] = search_key(
        [new[name] for name in NAMES],
        phone=new["phone"],
        email=new["email"],
        number=new["number"],
        further=[one for one in _read(standing.contacts, []) if one not in (new["phone"], new["email"])],
    )
    if all(getattr(standing, name) == value for name, value in new.items()):
        return None
    return {"id": standing.id, **new}


def _read(text: str | None, nothing: Any) -> Any:
    return nothing if text is None else json.loads(text)


def one_name(told: Sequence[Sequence[str]]) -> dict[str, str]:
    """The parts of one name from (teller, part, value), the best teller first.

    Whoever comes first is believed; later ones fill in what is missing only when nothing they say contradicts, so that
    the family name of one person never meets the given name of another.
    """
    tellers: dict[str, dict[str, str]] = {}
    for teller, part, value in told:
        tellers.setdefault(teller, {}).setdefault(part, value)
    name: dict[str, str] = {}
    for parts in tellers.values():
        shared = name.keys() & parts.keys()
        if all(name[part] == parts[part] or fold(name[part]) == fold(parts[part]) for part in shared):
            name |= {part: value for part, value in parts.items() if part not in name}
    return name


def _fitting(name: str, value: str) -> str:
    """The value where the column can hold it, else nothing: a year of birth is no language."""
    if name == "birth_on":
        return value if _is_day(value) else ""
    if (name in ALLOWED and value not in ALLOWED[name]) or (name in PATTERNS and not PATTERNS[name].fullmatch(value)):
        return ""
    return value[: WIDTHS[name]]


def _is_day(value: str) -> bool:
    try:
        return len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        return False
