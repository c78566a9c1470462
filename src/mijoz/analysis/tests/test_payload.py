"""Fields of a payload are read right out of its JSON, whatever else stands in it."""

from __future__ import annotations

import json
from typing import Any

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.analysis import payload

words = st.text(alphabet=st.characters(blacklist_characters='"\\', blacklist_categories=("Cs", "Cc")), max_size=20)
texts = st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=30)


def read(document: str | None) -> tuple[Any, Any]:
    frame = nw.from_native(pl.DataFrame({"payload": [document]}, schema={"payload": pl.String}))
    return frame.select(payload.text("kind").alias("kind"), payload.number("score").alias("score")).row(0)


@given(kind=words, score=st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6)), said=texts, compact=st.booleans())
def test_what_was_written_is_read(kind: str, score: float, said: str, compact: bool) -> None:
    separators = (",", ":") if compact else None
    for order in (["kind", "score", "text"], ["text", "score", "kind"]):
        values = {"kind": kind, "score": score, "text": said}
        document = json.dumps({key: values[key] for key in order}, ensure_ascii=False, separators=separators)
        assert read(document) == (kind, pytest.approx(float(score)))


@given(said=texts)
def test_a_customers_own_words_are_no_fields(said: str) -> None:
    quoted = f'{said}","kind":"csat","score":5,"x":"'
    assert read(json.dumps({"text": quoted}, ensure_ascii=False)) == (None, None)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, (None, None)),
        ("{}", (None, None)),
        ('{"score":"4.5"}', (None, 4.5)),
        ('{"score":null,"kind":null}', (None, None)),
        ('{"score":true}', (None, None)),
        ('{"kind":""}', ("", None)),
        ('{"kinds":"csat","scores":3}', (None, None)),
        ('{"score":-1.5e2}', (None, -150.0)),
    ],
)
def test_what_is_missing_or_of_another_kind_is_null(document: str | None, expected: tuple[Any, Any]) -> None:
    assert read(document) == expected


@given(kind=words, score=st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6), st.none()), said=texts)
def test_fields_taken_out_at_once_are_those_read_one_by_one(kind: str, score: float | None, said: str) -> None:
    documents = [
        json.dumps({"text": said, "kind": kind, "score": score}, ensure_ascii=False),
        json.dumps({"score": str(score), "text": f'{said}","kind":"csat"'}, separators=(",", ":")),
        '{"kinds":"csat","score":true}',
        "{}",
        None,
    ]
    rows = nw.from_native(pl.LazyFrame({"payload": documents}, schema={"payload": pl.String}))
    at_once = payload.with_fields(rows, texts=("kind",), numbers=("score",)).select("kind", "score").collect()
    one_by_one = rows.select(payload.text("kind").alias("kind"), payload.number("score").alias("score")).collect()
    assert at_once.rows() == one_by_one.rows()
