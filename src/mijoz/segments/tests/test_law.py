"""The law: a rule in SQL, a refresh over the lake and plain Python over the rows select the same customers."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.business.models import Business
from mijoz.segments import deciding, drafts, refreshing, rules, sentences
from mijoz.segments.membership import PROFILE, RuledSegment, source
from mijoz.segments.tests import world
from mijoz.segments.tests.plain import fits
from mijoz.segments.tests.test_rules import posted
from mijoz.segments.tests.world import AS_OF, ITEMS, TYPES, World

ZONES = ["Asia/Tashkent", "America/New_York", "Pacific/Auckland"]
FIELDS = (
    "events", "events_sum", "events_last", "consent", "segment", "days_in_segment", "trait", "trait_number", "tags",
    "city", "chosen_channel", "messages_a_month", "days_to_birthday", "days_to_anniversary",
)  # fmt: skip
OPS = (">=", "<=", ">", "<", "=", "!=")

wheres = st.one_of(
    st.fixed_dictionaries(
        {
            "column": st.sampled_from(
                ["item", "reference", "channel", "branch", "source", "payload.seats", "payload.note"]
            ),
            "op": st.sampled_from(["in", "not_in"]),
            "value": st.lists(
                st.sampled_from([*ITEMS, "r1", "telegram", "centre", "till", "2", "12.5", "true", "a b"]),
                min_size=1,
                unique=True,
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "column": st.sampled_from(["amount", "quantity", "payload.seats"]),
            "op": st.sampled_from([">=", "<="]),
            "value": st.sampled_from([2, 2.5, 12.5, 100, 333.3333]),
        }
    ),
)
windows = st.one_of(
    st.just({}),
    st.sampled_from([0, 1, 2, 3, 70, 90]).map(lambda days: {"last_days": days}),
    st.sampled_from([[0, 0], [1, 3], [2, 2], [3, 91], [90, 400]]).map(lambda days: {"days_ago": days}),
    st.sampled_from(["2026-03-31", "2026-03-29", "2025-12-31"]).map(lambda day: {"since": day}),
)


@st.composite
def comparisons(draw: Any) -> dict[str, Any]:
    field = draw(st.sampled_from(FIELDS))
    of: dict[str, Any] | None = None
    op, value = draw(st.sampled_from(OPS)), draw(st.integers(0, 4))
    if field.startswith("events"):
        of = {"type": draw(st.sampled_from(TYPES)), "where": draw(st.lists(wheres, max_size=2))}
        if field != "events_last":
            of["window"] = draw(windows)
        if field == "events_sum":
            of["column"] = draw(st.sampled_from(["amount", "quantity", "payload.seats"]))
            value = draw(st.sampled_from([0, 2.5, 12.5, 433.3333]))
    elif field == "consent":
        of = {"purpose": draw(st.sampled_from(["marketing", "sharing", "service"]))}
        of["channel"] = draw(st.sampled_from(["", "email", "sms"]))
        op, value = draw(st.sampled_from(["in", "not_in"])), [draw(st.sampled_from(["given", "refused", "none"]))]
    elif field in {"segment", "days_in_segment"}:
        of = {"key": draw(st.sampled_from(["base0", "base1"]))}
    elif field.startswith("trait"):
        of = {"name": "shoe size"}
    elif field.startswith("days_to"):
        value = draw(st.sampled_from([0, 1, 3, 200, 364]))
    if field == "segment":
        op, value = "is", draw(st.booleans())
    elif field in {"trait", "city"}:
        op, value = draw(st.sampled_from(["in", "not_in"])), [draw(st.sampled_from(["42", *ITEMS]))]
    elif field == "chosen_channel":
        op, value = draw(st.sampled_from(["in", "not_in"])), [draw(st.sampled_from(["email", "sms"]))]
    elif field == "tags":
        op, value = draw(st.sampled_from(["contains", "lacks"])), [draw(st.sampled_from(ITEMS))]
    if field in {"trait", "trait_number", "events_last", "city", "messages_a_month"} and draw(st.booleans()):
        op, value = "known", draw(st.booleans())
    return {"field": field, **({} if of is None else {"of": of}), "op": op, "value": value}


documents = st.recursive(
    comparisons(),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda listed: {"all": listed}),
        st.lists(parts, min_size=1, max_size=3).map(lambda listed: {"any": listed}),
        parts.map(lambda part: {"not": part}),
    ),
    max_leaves=5,
).filter(lambda document: rules._levels(document) <= rules.MOST_LEVELS)


@pytest.fixture(params=ZONES)
def town(request: pytest.FixtureRequest, db: None) -> World:
    Business.objects.create(pk=1, name="Choyxona", time_zone=request.param, currency="UZS")
    world.build(ZONES.index(request.param))
    return World(ZoneInfo(request.param))


def by_python(rule: rules.Rule, town: World) -> set[int]:
    asked = list(rules.comparisons(rule))
    return {
        customer
        for customer in town.customers
        if fits(rule, {one.key: town.fact(customer, one.field, one.of) for one in asked})
    }


def by_sql(rule: rules.Rule, town: World) -> set[int]:
    condition = rules.compile_rule(rule)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM {source()} WHERE {condition.sql}",
            condition.parameters | {"as_of": AS_OF, "zone": str(town.zone)},
        )
        return {row[0] for row in cursor.fetchall()}


def by_refresh(ruled: list[RuledSegment], *, only: list[int] | None) -> set[tuple[int, int]]:
    judged = refreshing.judge(ruled, profile=PROFILE, day=AS_OF, only=only)
    return set(judged.wanted.select("segment_id", "customer_id").iter_rows())


@settings(max_examples=60)
@given(listed=st.lists(documents, min_size=1, max_size=4))
def test_sql_and_a_refresh_select_whom_python_selects(town: World, listed: list[dict[str, Any]]) -> None:
    ruled = [RuledSegment(place + 1, f"s{place}", 1, rules.parse(one), False) for place, one in enumerate(listed)]
    expected = {segment.id: by_python(segment.rule, town) for segment in ruled}
    for segment in ruled:
        assert by_sql(segment.rule, town) == expected[segment.id], segment.rule.document()
    # Who is in another segment is decided by the refresh itself, see test_refresh.py.
    alone = [segment for segment in ruled if not deciding.asks_for(segment)]
    pairs = {(segment.id, customer) for segment in alone for customer in expected[segment.id]}
    assert by_refresh(alone, only=None) == pairs
    few = sorted(town.customers)[::3]
    assert by_refresh(alone, only=few) == {(segment, customer) for segment, customer in pairs if customer in few}


@settings(max_examples=150, deadline=None)
@given(document=documents)
def test_a_rule_is_kept_and_read_again_the_same(document: dict[str, Any]) -> None:
    rule = rules.parse(document)
    assert rules.parse(rule.document()) == rule


@settings(max_examples=200, deadline=None)
@given(document=documents)
def test_the_page_edits_a_rule_without_changing_its_meaning(document: dict[str, Any]) -> None:
    rule = rules.parse(document)
    draft = drafts.from_rule(rule)
    if draft is not None:
        assert drafts.from_form(posted(draft)) == draft
        again = rules.parse(draft.document())
        assert list(rules.comparisons(again)) == list(rules.comparisons(rule))


@settings(max_examples=100)
@given(document=documents)
def test_every_rule_reads_as_a_sentence(db: None, document: dict[str, Any]) -> None:
    for language in ("uz", "ru", "en"):
        with translation.override(language):
            sentence = sentences.of_rule(rules.parse(document))
            assert sentence.endswith(".")
            assert "%(" not in sentence
            assert "None" not in sentence
            assert "{" not in sentence
