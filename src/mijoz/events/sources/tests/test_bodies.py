"""What a call holds: JSON or a form, and nothing that the database could not keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.sources import bodies

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "kind", "tree"),
    [
        (b'{"a": [1, 2.5, null]}', "application/json", {"a": [1, 2.5, None]}),
        (b'\xef\xbb\xbf{"a": 1}', "text/plain", {"a": 1}),
        (b'{"a": 1}', FORM, {"a": 1}),  # some senders call their JSON a form
        (b"a=1&b=x%20y&b=z&empty=", FORM + "; charset=utf-8", {"a": "1", "b": ["x y", "z"], "empty": ""}),
        (
            b"leads[add][0][id]=7&leads[add][0][name]=Ali&leads[add][1][id]=8",
            FORM,
            {"leads": {"add": [{"id": "7", "name": "Ali"}, {"id": "8"}]}},
        ),
        (b"tags[]=a&tags[]=b", FORM, {"tags": ["a", "b"]}),
        (b'{"a\\u0000b": "x\\u0000", "c": "\\ud800"}', "application/json", {"ab": "x", "c": "?"}),
    ],
)
def test_bodies_are_read(body: bytes, kind: str, tree: Any) -> None:
    assert bodies.read(body, content_type=kind) == tree


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"NaN", b'{"a": Infinity}', b'{"a": 1e999}', b"[" * 100_000, b"9" * 5000]
)
def test_what_cannot_be_read_is_said_and_kept(body: bytes) -> None:
    with pytest.raises(bodies.BodyUnreadable):
        bodies.read(body, content_type="application/json")
    kept = bodies.kept(body + b"\0")
    assert "\0" not in json.dumps(kept, ensure_ascii=False)


def texts(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [*tree, *(text for value in tree.values() for text in texts(value))]
    if isinstance(tree, list):
        return [text for value in tree for text in texts(value)]
    return [tree] if isinstance(tree, str) else []


@given(st.binary(max_size=200), st.sampled_from([FORM, "application/json", ""]))
def test_no_body_breaks_the_reading(body: bytes, kind: str) -> None:
    try:
        tree = bodies.read(body, content_type=kind)
    except bodies.BodyUnreadable:
        tree = bodies.kept(body)
    json.dumps(tree, ensure_ascii=False, allow_nan=False).encode()
    assert "\0" not in "".join(texts(tree))


@given(st.dictionaries(st.from_regex(r"[a-c]{0,2}(\[[0-2a-b]{0,2}\]){0,3}", fullmatch=True), st.text(max_size=3)))
def test_no_form_breaks_the_reading(fields: dict[str, str]) -> None:
    from urllib.parse import urlencode

    try:
        bodies.read(urlencode(fields).encode(), content_type=FORM)
    except bodies.BodyUnreadable:
        assert not fields
