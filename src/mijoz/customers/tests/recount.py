"""The profile counted in plain Python, row by row: what one statement, any pieces and the lake must agree with."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from mijoz.events.types import ASKED, BY_US, NewEvent

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
TYPES = (
    *("purchase_line",) * 6, "refund_line", "refund_line", "gift_line", "visit", "complaint", "survey_answered",
    "survey_answered", "message_sent", "booking_made", "lead_arrived", "consent_given", "offer_made",
)  # fmt: skip
CUSTOMERS = {"7": ("7", "8"), "9": ("9",)}  # by the number of one identity, all that lead to the customer


def random_log(chance: random.Random, *, rows: int) -> list[NewEvent]:
    """Rows of a few customers, many of one moment, half of them without this or that."""
    return [_random_event(chance, place) for place in range(rows)]


def _random_event(chance: random.Random, place: int) -> NewEvent:
    type_ = chance.choice(TYPES)
    number = chance.choice(["", "7", "7", "8", "9"])
    payload: dict[str, Any] = {}
    if type_ == "survey_answered":
        score = chance.choice([1, 2, 4.5, "3", "1_000", "nan", " 5", -1])
        payload = {"kind": chance.choice(["csat", "csat", "csat", "nps"]), "score": score}
    if type_ == "consent_given":
        payload = {"purpose": "marketing"}
    return NewEvent(
        message_id=f"row-{place}",
        type=type_,
        identity=("customer_number", "till", number) if number else None,
        occurred_at=START + timedelta(days=chance.randrange(4), seconds=chance.choice([0, 0, 0.25, 3])),
        reference=chance.choice(["", "A", "B", "C", "D"]),
        item=chance.choice(["", "Osh", "Choy", "Somsa", "Non, issiq", 'say "osh"']),
        amount=chance.choice([None, Decimal("0"), Decimal("-12.5"), Decimal("10"), Decimal("333.3333")]),
        discount=chance.choice([None, Decimal("0"), Decimal("1.5")]),
        channel=chance.choice(["", "", "telegram", "walk_in", "phone"]),
        payload=payload,
    )


def profile_of(rows: Iterable[NewEvent]) -> dict[str, Any]:
    """What the rows of one customer of one source say, by column of the profile."""
    rows = list(rows)
    bought = [row for row in rows if row.type == "purchase_line"]
    refunded = [row for row in rows if row.type == "refund_line"]
    complaints = [row.occurred_at for row in rows if row.type == "complaint"]
    seen = [row.occurred_at for row in rows if row.type not in BY_US]
    dated = [min(row.occurred_at for row in lines) for lines in _by_reference(bought).values()]
    reached = [(row.occurred_at, row.channel) for row in rows if row.channel and row.type not in BY_US | ASKED]
    answers = [
        (row.occurred_at, -float(row.payload["score"]))
        for row in rows
        if row.type == "survey_answered"
        and row.payload["kind"] == "csat"
        and re.fullmatch(r"-?\d+([.]\d+)?", str(row.payload["score"]))
    ]
    return {
        "first_seen_at": min(seen, default=None),
        "last_seen_at": max(seen, default=None),
        "first_purchase_at": min(dated, default=None),
        "last_purchase_at": max(dated, default=None),
        "purchases": len(dated),
        "purchase_lines": len(bought),
        "revenue": sum((row.amount or Decimal(0) for row in bought), Decimal(0)),
        "refunds": len(_by_reference(refunded)),
        "refund_value": -sum((row.amount or Decimal(0) for row in refunded), Decimal(0)),
        "discount_share": sum((row.discount or 0) > 0 for row in bought) / len(bought) if bought else None,
        "favourite_services": _favourites(bought),
        "acquisition_channel": min(reached)[1] if reached else "",
        "complaints": len(complaints),
        "last_complaint_at": max(complaints, default=None),
        "last_satisfaction": -max(answers)[1] if answers else None,
    }


def rows_of(log: Iterable[NewEvent], numbers: Iterable[str]) -> list[NewEvent]:
    """The rows that belong to the identities with these numbers."""
    wanted = set(numbers)
    return [row for row in log if row.identity and row.identity[2] in wanted]


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Where the two disagree, up to the last digits of a share."""
    return {
        name: (value, found[name])
        for name, value in expected.items()
        if found[name] != value
        and not (isinstance(value, float) and found[name] is not None and abs(found[name] - value) < 1e-9)
    }


def _by_reference(rows: Iterable[NewEvent]) -> dict[str, list[NewEvent]]:
    """Lines of one number are one purchase; a line without a number is one of its own."""
    grouped: dict[str, list[NewEvent]] = defaultdict(list)
    for row in rows:
        grouped[row.reference or row.message_id].append(row)
    return grouped


def _favourites(bought: Iterable[NewEvent]) -> list[str]:
    """The three services bought most often; of equals the one bought last, then by the alphabet."""
    times = Counter(row.item for row in bought if row.item)
    last: dict[str, datetime] = {}
    for row in bought:
        last[row.item] = max(last.get(row.item, row.occurred_at), row.occurred_at)
    return sorted(times, key=lambda item: (-times[item], -last[item].timestamp(), item))[:3]
