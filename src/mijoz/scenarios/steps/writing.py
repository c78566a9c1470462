"""The texts of one message step for many customers at once.

A text differs from one customer to the next by a few words. So it is rendered once for each language and each set of
words that are known, with marks in the place of the words, and the words are put in column by column. A text that does
more with a customer's words than show them or ask whether they are there is rendered for each customer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl
from django.db import connection

from mijoz.business.models import Business
from mijoz.channels.bulk import SCHEMA
from mijoz.scenarios import variables, wording
from mijoz.scenarios.definition import Message, Offer
from mijoz.scenarios.letters import Writer, known_of
from mijoz.scenarios.steps.turn import Claimed, Turn
from mijoz.scenarios.wording import Words

# What differs from customer to customer in a text that is filled in column by column.
PERSONAL = ("greeting", "customer.first_name", "customer.name", "customer.favourite_service")
SHARED = frozenset({"business.name", "offer.name", "offer.discount", "offer.gift", "offer.until"})
CLEVER = re.compile(r"\||==|!=")
MARK = "\x01{}\x02"
MARKS = re.compile(r"\x01(\d)\x02")
KNOWN = """
    SELECT w.place, c.language, c.first_name, c.last_name, coalesce(p.favourite_services[1], '')
    FROM unnest(%(customers)s::bigint[]) WITH ORDINALITY AS w(customer_id, place)
    JOIN customers_customer c ON c.id = w.customer_id
    LEFT JOIN customers_profile p ON p.customer_id = c.id
    ORDER BY w.place
"""


def letters(
    step: Message, members: Sequence[Claimed], turn: Turn, *, offer: Offer | None, channel: str
) -> pl.DataFrame:
    """A message for each member (columns of channels.bulk.SCHEMA), without those for whom nothing is left to say."""
    step = step.by(channel)
    writer = Writer(step, offer=offer, business=turn.business)
    texts = (*step.subjects.values(), *step.texts.values())
    is_plain = writer.variables <= SHARED | set(PERSONAL) and not any(CLEVER.search(text) for text in texts)
    write = _by_column if is_plain else _one_by_one
    cost = {code: _cost(step, code) for code in step.texts}
    needs_subject = bool(step.subjects)
    return (
        write(step, members, turn, writer, offer)
        .filter(
            (pl.col("text").str.strip_chars() != "")
            & ((pl.col("subject").str.strip_chars() != "") | ~pl.lit(needs_subject))
        )
        .with_columns(
            channel=pl.lit(channel),
            reveals=pl.col("language").replace_strict(cost, default=0, return_dtype=pl.Int16),
            subject=pl.col("subject").str.replace_all(r"\s+", " "),
        )
        .select(list(SCHEMA))
    )


@lru_cache(maxsize=512)
def _revealed(*texts: str) -> int:
    return variables.cost(wording.revealed(*texts))


def _cost(step: Message, language: str) -> int:
    return _revealed(step.subjects.get(language, ""), step.texts[language])


def _one_by_one(
    _step: Message, members: Sequence[Claimed], turn: Turn, writer: Writer, _offer: Offer | None
) -> pl.DataFrame:
    known = known_of([one.customer_id for one in members], wanted=writer.variables, at=turn.at)
    rows = [
        (one.id, one.customer_id, *writer.write(known[one.customer_id], until=turn.until(one), code=turn.code(one)))
        for one in members
    ]
    return pl.DataFrame(
        rows,
        schema={name: SCHEMA[name] for name in ("enrolment", "customer_id", "language", "subject", "text")},
        orient="row",
    )


def _by_column(
    step: Message, members: Sequence[Claimed], turn: Turn, writer: Writer, offer: Offer | None
) -> pl.DataFrame:
    frame = _known(members, turn)
    written = [code for code in step.texts if code in step.subjects] or list(step.texts)
    fallback = turn.business.language if turn.business.language in written else written[0]
    own = pl.col("own_language")
    frame = frame.with_columns(language=pl.when(own.is_in(written)).then(own).otherwise(pl.lit(fallback)))
    pieces = []
    for (language, until), some in frame.partition_by("language", "until", as_dict=True).items():
        filled = _with_words(some, str(language))
        used = [name for name in PERSONAL if name in writer.variables]
        for mask, same in _alike(filled, used):
            there = [name for name, is_there in zip(used, mask, strict=True) if is_there]
            fill = _Filler(str(language), until, there, turn.business, offer)
            subject = step.subjects.get(str(language), "")
            pieces.append(same.with_columns(subject=fill(subject), text=fill(step.texts[str(language)])))
    empty = {name: SCHEMA[name] for name in ("enrolment", "customer_id", "language", "subject", "text")}
    if not pieces:
        return pl.DataFrame(schema=empty)
    return pl.concat([piece.select(list(empty)) for piece in pieces])


def _known(members: Sequence[Claimed], turn: Turn) -> pl.DataFrame:
    customers = [one.customer_id for one in members]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, {"customers": customers})
        rows = cursor.fetchall()
    facts = pl.DataFrame(
        rows,
        schema={"place": pl.Int64, "own_language": pl.String, "first": pl.String, "last": pl.String, "fav": pl.String},
        orient="row",
    )
    offered = any(one.offer_until for one in members) or bool(turn.offers_until)
    untils = [turn.until(one) for one in members] if offered else [None] * len(members)
    own = pl.DataFrame(
        {
            "place": range(1, len(members) + 1),
            "enrolment": [one.id for one in members],
            "customer_id": customers,
            "until": untils,
        },
        schema={"place": pl.Int64, "enrolment": pl.Int64, "customer_id": pl.Int64, "until": pl.Date},
    )
    return own.join(facts, on="place", how="inner", maintain_order="left")


def _with_words(frame: pl.DataFrame, language: str) -> pl.DataFrame:
    """The words of PERSONAL as columns, and whether each is there."""
    with_name, without = wording.GREETINGS[language]
    before, _name, after = with_name.partition("{name}")
    spoken = _mapped("first", wording.speakable)
    whole = pl.concat_str([pl.col("first"), pl.col("last")], separator=" ").str.strip_chars()
    frame = frame.with_columns(whole=whole)
    frame = frame.with_columns(
        **{
            "customer.first_name": spoken(frame),
            "customer.name": _mapped("whole", wording.speakable)(frame),
            "customer.favourite_service": _mapped("fav", lambda text: " ".join(text.split())[: wording.LONGEST_NAME])(
                frame
            ),
        }
    )
    first = pl.col("customer.first_name")
    greeted = pl.concat_str([pl.lit(before), first, pl.lit(after)])
    frame = frame.with_columns(greeting=pl.when(first != "").then(greeted).otherwise(pl.lit(without)))
    return frame.with_columns((pl.col(name) != "").alias(f"has:{name}") for name in PERSONAL)


def _alike(frame: pl.DataFrame, used: Sequence[str]) -> list[tuple[tuple[Any, ...], pl.DataFrame]]:
    """Those for whom the same of the used words are known, with which these are."""
    if not used:
        return [((), frame)]
    return list(frame.partition_by(*[f"has:{name}" for name in used], as_dict=True).items())


def _mapped(column: str, change: Callable[[str], str]) -> Callable[[pl.DataFrame], pl.Series]:
    """`change` of each text of the column, asked once for each different one."""

    def apply(frame: pl.DataFrame) -> pl.Series:
        different = frame[column].unique()
        changed = pl.DataFrame({column: different, "changed": [change(text) for text in different]},
                               schema={column: pl.String, "changed": pl.String})  # fmt: skip
        return frame.select(column).join(changed, on=column, how="left", maintain_order="left")["changed"]

    return apply


class _Filler:
    """Makes the expression of a text for customers of one language of whom the same words are known."""

    def __init__(
        self, language: str, until: date | None, there: Sequence[str], business: Business, offer: Offer | None
    ) -> None:
        self._language, self._there = language, list(there)
        words = offer.words(language, business.language, until=until) if offer else None
        self._words: Words = wording.STRANGER | {
            **dict.fromkeys(PERSONAL),
            "business.name": business.name,
            **{name: MARK.format(place) for place, name in enumerate(self._there)},
            **wording.offer_words(words, language),
        }

    def __call__(self, text: str) -> pl.Expr:
        if not text:
            return pl.lit("")
        parts: list[Any] = MARKS.split(wording.render(text, self._words, language=self._language))
        columns = [
            pl.col(self._there[int(part)]) if place % 2 else pl.lit(part) for place, part in enumerate(parts) if part
        ]
        return pl.concat_str(columns).str.strip_chars() if columns else pl.lit("")
