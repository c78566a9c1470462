"""What we know about a person in plain words: each table that says something, without what only programs need."""

from __future__ import annotations

from dataclasses import dataclass

from mijoz.customers.models import Customer
from mijoz.customers.privacy import labels
from mijoz.customers.privacy.exporting import rows_of
from mijoz.customers.privacy.person import person_of
from mijoz.customers.privacy.rows import tables_of

MOST_ROWS = 30
LEFT_OUT = frozenset(
    {"events_event", "customers_portallink", "customers_ownership", "channels_message", "segments_score"}
)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    rows: list[list[tuple[str, str]]]
    more: int = 0


def sections(customer: Customer) -> list[Section]:
    """Every table with something of the person, the latest rows of each; the log and messages are in the copy."""
    person = person_of(customer)
    found = []
    for table in tables_of(person):
        if table.is_history or table.name in LEFT_OUT:
            continue
        rows = list(rows_of(table))
        told = [line for row in rows[-MOST_ROWS:] if (line := labels.readable(row))]
        if told:
            found.append(Section(str(table.title), told, max(0, len(rows) - MOST_ROWS)))
    return found
