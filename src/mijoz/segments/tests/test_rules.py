"""What a rule accepts, what it means, and that SQL and plain Python agree on it."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from mijoz.customers.models import Consent, Customer, Profile
from mijoz.segments import deciding, drafts, fields, rules, sentences
from mijoz.segments.defaults import DEFAULT_SEGMENTS
from mijoz.segments.fields import NUMBERS, Kind
from mijoz.segments.membership import PROFILE, RuledSegment, source
from mijoz.segments.models import Score
from mijoz.segments.refreshing import read_customers
from mijoz.segments.tests.plain import fits

AS_OF = date(2026, 3, 31)
WORDS = ["Plov", "Choy, koʻk", 'So"mon\\sa']

numbers = {
    Kind.COUNT: st.integers(0, 6),
    Kind.DAYS: st.integers(0, 90),
    Kind.YEARS: st.integers(17, 60),
    Kind.SCORE: st.integers(1, 5),
    Kind.MEAN: st.sampled_from([1, 2.5, 3, 10 / 3, 5]),
    Kind.SHARE: st.sampled_from([0, 0.1, 0.3, 0.5, 1]),
    Kind.AMOUNT: st.sampled_from([0, 1, 12.5, 100, 333.3333, -5]),
}


@st.composite
def comparisons(draw: Any) -> dict[str, Any]:
    field = draw(st.sampled_from([each for each in fields.every() if each.key != "tier"]))  # no tiers, no choice
    op = draw(st.sampled_from(fields.OPERATORS[field.kind]))
    if op in {"known", "is"}:
        value = draw(st.booleans())
    elif field.kind in NUMBERS:
        value = draw(numbers[field.kind])
    elif field.kind in {Kind.WORDS, Kind.TEXT}:
        value = draw(st.lists(st.sampled_from([*WORDS, "Lagʻmon"]), min_size=1, unique=True))
    else:
        value = draw(st.lists(st.sampled_from([key for key, _ in field.choices()]), min_size=1, unique=True))
    return {"field": field.key, "op": op, "value": value}


rule_documents = st.recursive(
    comparisons(),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda listed: {"all": listed}),
        st.lists(parts, min_size=1, max_size=3).map(lambda listed: {"any": listed}),
        parts.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
).filter(lambda document: rules._levels(document) <= rules.MOST_LEVELS)


@pytest.fixture
def crowd(db: None) -> list[dict[str, Any]]:
    """The facts of eighty customers, many of them unknown, as SQL sees them."""
    chance = random.Random(7)

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.75 else None

    def moment() -> datetime:
        return datetime(2026, 3, 31, 20, tzinfo=UTC) - timedelta(hours=chance.randrange(2200))

    for place in range(80):
        customer = Customer.objects.create(
            email=chance.choice(["", "a@b.uz"]),
            phone=chance.choice(["", "+998901234567"]),
            language=chance.choice(["", "uz", "ru", "en"]),
            gender=chance.choice(["", "female", "male"]),
            birth_on=maybe(date(1966 + place % 40, 1 + place % 12, 28)),
            city=chance.choice(["", *WORDS]),
        )
        buys = chance.randrange(6)
        Profile.objects.create(
            customer=customer,
            purchases=buys,
            revenue=Decimal(chance.choice(["0", "12.5", "100", "333.3333", "1000"])),
            refunds=chance.randrange(3),
            complaints=chance.randrange(3),
            first_purchase_at=moment() if buys else None,
            last_purchase_at=moment() if buys else None,
            last_seen_at=maybe(moment()),
            last_complaint_at=maybe(moment()),
            discount_share=maybe(chance.choice([0.0, 0.1, 0.3, 1 / 3, 1.0])),
            last_satisfaction=maybe(chance.choice([1.0, 4.5, 12.5])),
            favourite_services=chance.sample(WORDS, chance.randrange(4)),
            acquisition_channel=chance.choice(["", "walk_in", "telegram"]),
        )
        if buys:
            Score.objects.create(
                customer=customer,
                last_purchase_on=AS_OF,
                purchases=buys,
                revenue=1,
                r_score=chance.randint(1, 5),
                f_score=chance.randint(1, 5),
                m_score=chance.randint(1, 5),
                rfm_score=chance.choice([1, 2.5, 10 / 3, 5]),
            )
        for channel in ("", "email"):
            if chance.random() < 0.4:
                Consent.objects.create(
                    customer=customer,
                    purpose="marketing",
                    channel=channel,
                    granted=chance.random() < 0.6,
                    answered_at=moment(),
                )
    with connection.cursor() as cursor:
        columns = ", ".join(f'{field.sql} AS "{field.key}"' for field in fields.every())
        cursor.execute(f"SELECT c.id, {columns} FROM {source()}", {"as_of": AS_OF, "zone": "Asia/Tashkent"})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def selected(rule: rules.Rule) -> set[int]:
    condition = rules.compile_rule(rule)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM {source()} WHERE {condition.sql}",
            condition.parameters | {"as_of": AS_OF, "zone": "Asia/Tashkent"},
        )
        return {row[0] for row in cursor.fetchall()}


@settings(max_examples=250)
@given(document=rule_documents)
def test_sql_selects_whom_python_selects(crowd: list[dict[str, Any]], document: dict[str, Any]) -> None:
    rule = rules.parse(document)
    assert selected(rule) == {facts["id"] for facts in crowd if fits(rule, facts)}


def decided(segments: list[RuledSegment], crowd: list[dict[str, Any]]) -> set[tuple[int, int]]:
    """(customer, segment) as a refresh decides it from what it reads of everybody at once."""
    need = deciding.asked(segments)
    customers = read_customers(need, profile=PROFILE, day=AS_OF, only=None)
    scores = [{"customer_id": facts["id"]} | {name: facts[name] for name in deciding.SCORES} for facts in crowd]
    schema = {"customer_id": pl.Int64} | dict.fromkeys(deciding.SCORES, pl.Int64) | {"rfm_score": pl.Float64}
    known = customers.join(pl.DataFrame(scores, schema=schema), on="customer_id")
    return set(deciding.wanted(known, segments, need).select("customer_id", "segment_id").iter_rows())


@settings(max_examples=100)
@given(documents=st.lists(rule_documents, min_size=1, max_size=4), defaults=st.integers(0, 4))
def test_a_refresh_decides_as_python_does(
    crowd: list[dict[str, Any]], documents: list[dict[str, Any]], defaults: int
) -> None:
    ruled = [
        RuledSegment(place + 1, f"s{place}", 1, rules.parse(document), is_default=place < defaults)
        for place, document in enumerate(documents)
    ]
    expected = set()
    for facts in crowd:
        first = [segment.id for segment in ruled if segment.is_default and fits(segment.rule, facts)][:1]
        others = [segment.id for segment in ruled if not segment.is_default and fits(segment.rule, facts)]
        expected |= {(facts["id"], segment) for segment in (*(first if facts["purchases"] else []), *others)}
    assert decided(ruled, crowd) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purchases", "first_hours_ago", "last_hours_ago", "pauses"),
    [
        (4, 90 * 24, 30 * 24, 1.5),  # three pauses of 20 days
        (2, 100 * 24, 0, 0.0),
        (2, 28 * 24, 18 * 24, 1.8),
        (3, 24 * 20, 24 * 20, 20.0),  # all at once: a pause is a day at least
        (3, 24 * 21, 24 * 20, 20.0),
        (1, 40 * 24, 40 * 24, None),  # no rhythm yet
        (0, None, None, None),
    ],
)
def test_pauses_are_counted_by_the_own_rhythm(
    purchases: int, first_hours_ago: int | None, last_hours_ago: int | None, pauses: float | None
) -> None:
    end = datetime(2026, 3, 31, 19, tzinfo=UTC)  # of the day, in Tashkent

    def ago(hours: int | None) -> datetime | None:
        return None if hours is None else end - timedelta(hours=hours)

    customer = Customer.objects.create()
    Profile.objects.create(
        customer=customer,
        purchases=purchases,
        first_purchase_at=ago(first_hours_ago),
        last_purchase_at=ago(last_hours_ago),
    )
    field = fields.known("pauses_since_last_purchase")
    assert field is not None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field.sql} FROM {source()}", {"as_of": AS_OF, "zone": "Asia/Tashkent"})
        assert cursor.fetchone() == (pauses,)


@settings(max_examples=200, deadline=None)
@given(document=rule_documents)
def test_a_rule_survives_being_kept_and_read_again(document: dict[str, Any]) -> None:
    rule = rules.parse(document)
    assert rules.parse(rule.document()) == rule


@settings(max_examples=200)
@given(document=rule_documents)
def test_the_page_edits_a_rule_without_changing_its_meaning(
    crowd: list[dict[str, Any]], document: dict[str, Any]
) -> None:
    rule = rules.parse(document)
    draft = drafts.from_rule(rule)
    if draft is None:
        return
    assert drafts.from_form(posted(draft)) == draft
    again = rules.parse(draft.document())
    assert [fits(again, facts) for facts in crowd] == [fits(rule, facts) for facts in crowd]
    assert sentences.of_rule(again) == sentences.of_rule(rule)


@settings(max_examples=200, deadline=None)
@given(document=rule_documents)
def test_a_rule_that_a_page_made_can_be_edited_by_it(document: dict[str, Any]) -> None:
    made = drafts.from_rule(rules.parse(document))
    if made is not None:
        assert drafts.from_rule(rules.parse(made.document())) is not None


def posted(draft: drafts.Draft) -> dict[str, list[str]]:
    """The draft as a page sends it."""
    fields = {"match": [draft.match]}
    for place, group in enumerate(draft.groups):
        fields[f"{place}-match"] = [group.match]
        for row, condition in enumerate(group.conditions):
            fields[f"{place}-{row}-field"] = fields[f"{place}-{row}-was"] = [condition.field]
            fields[f"{place}-{row}-operator"] = [condition.operator]
            fields[f"{place}-{row}-value"] = list(condition.values)
            for name, text in condition.said:
                fields.setdefault(f"{place}-{row}-of-{name}", []).append(text)
    return fields


@settings(max_examples=100, deadline=None)
@given(document=rule_documents)
def test_every_rule_reads_as_a_sentence(document: dict[str, Any]) -> None:
    for language in ("uz", "ru", "en"):
        with translation.override(language):
            sentence = sentences.of_rule(rules.parse(document))
            assert sentence.endswith(".")
            assert "%(" not in sentence
            assert "None" not in sentence


@pytest.mark.parametrize("default", DEFAULT_SEGMENTS, ids=lambda default: default.key)
def test_default_rules_are_rules_that_the_page_can_edit(default: Any) -> None:
    rule = rules.parse(default.rule)
    assert rule.document() == default.rule
    draft = drafts.from_rule(rule)
    assert draft is not None
    assert draft.document() == default.rule


def one(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


SENTENCES = [
    (
        {"all": [one("days_since_last_purchase", ">=", 1), one("purchases", "<=", 2)]},
        "Time since the last purchase is at least 1 day and number of purchases is at most 2.",
        "Oxirgi xariddan beri oʻtgan vaqt kamida 1 kun va xaridlar soni koʻpi bilan 2.",
        "Время с последней покупки не меньше 1 дня и число покупок не больше 2.",
    ),
    (
        {"any": [one("discount_share", ">", 0.4), one("m_score", "=", 2), one("revenue", "<", 1250000.5)]},
        "Share bought at a discount is more than 40%, monetary score is exactly 2 of 5 or revenue is less than "
        "1,250,000.5.",
        "Chegirmali xaridlar ulushi > 40 %, pul bali aynan 5 dan 2 yoki tushum < 1 250 000,5.",
        "Доля покупок со скидкой больше 40 %, балл суммы ровно 2 из 5 или выручка меньше 1 250 000,5.",
    ),
    (
        {
            "any": [
                one("discount_share", ">=", 0.125),
                {
                    "all": [
                        one("days_since_first_purchase", "<=", 21),
                        one("language", "in", ["uz", "ru"]),
                        {"not": one("has_email", "is", True)},
                    ]
                },
            ]
        },
        "Share bought at a discount is at least 12.5%; or time since the first purchase is at most 21 days, "
        "language is Oʻzbekcha or Русский and has no e-mail address.",
        "Chegirmali xaridlar ulushi kamida 12,5 %; yoki birinchi xariddan beri oʻtgan vaqt koʻpi bilan 21 kun, "
        "tili — Oʻzbekcha yoki Русский va e-pochtasi yoʻq.",
        "Доля покупок со скидкой не меньше 12,5 %; или время с первой покупки не больше 21 дня, "
        "язык — Oʻzbekcha или Русский и нет эл. почты.",
    ),
    (
        {"all": [{"any": [one("complaints", "!=", 1), one("age", "<", 31)]}, one("last_satisfaction", "known", False)]},
        "(Number of complaints is not 1 or age is less than 31 years) and last satisfaction score is not known.",
        "(Shikoyatlar soni 1 emas yoki yoshi < 31 yosh) va oxirgi qoniqish bahosi nomaʼlum.",
        "(Число жалоб не равно 1 или возраст меньше 31 года) и последняя оценка удовлетворённости: неизвестно.",
    ),
    (
        {"not": {"any": [one("favourite_services", "contains", ["Osh", "Choy"]), one("language", "not_in", ["en"])]}},
        "It is not so that (favourite services include “Osh” or “Choy” or language is known and not English).",
        "(Sevimli xizmatlar orasida “Osh” yoki “Choy” bor yoki tili maʼlum va English emas) — shunday emas.",
        "Неверно, что (любимые услуги: есть «Osh» или «Choy» или язык: известно и не English).",
    ),
    (
        one("pauses_since_last_purchase", ">=", 2.5),
        "Time away in usual pauses is at least 2.5.",
        "Odatiy tanaffuslar hisobida kelmagan vaqti kamida 2,5.",
        "Отсутствие в обычных паузах не меньше 2,5.",
    ),
]


@pytest.mark.parametrize(("document", "english", "uzbek", "russian"), SENTENCES, ids=range(len(SENTENCES)))
def test_a_rule_reads_as_people_say_it(document: dict[str, Any], english: str, uzbek: str, russian: str) -> None:
    for language, expected in (("en", english), ("uz", uzbek), ("ru", russian)):
        with translation.override(language):
            assert sentences.of_rule(rules.parse(document)).replace("\xa0", " ") == expected


@pytest.mark.parametrize(
    ("document", "place", "words"),
    [
        ({"field": "shoe_size", "op": ">=", "value": 3}, "", "There is no field “shoe_size”."),
        ({"field": "purchases", "op": "like", "value": 3}, "", "“like” does not go with number of purchases"),
        ({"field": "purchases", "op": ">=", "value": "many"}, "", "Number of purchases needs a number."),
        ({"field": "purchases", "op": ">=", "value": 2.5}, "", "Number of purchases needs a whole number."),
        ({"field": "purchases", "op": ">=", "value": True}, "", "Number of purchases needs a number."),
        ({"field": "revenue", "op": ">=", "value": float("nan")}, "", "Revenue needs a number."),
        ({"field": "revenue", "op": ">=", "value": 10**5000}, "", "Revenue needs a number."),
        ({"field": "revenue", "op": ">=", "value": "1e999999999"}, "", "Revenue lies between"),
        ({"field": "r_score", "op": "=", "value": 9}, "", "Recency score lies between 1 and 5."),
        ({"field": "language", "op": "in", "value": ["tlh"]}, "", "Language has no value “tlh”."),
        ({"field": "language", "op": "in", "value": []}, "", "Language needs at least one value."),
        ({"field": "purchases", "op": ">="}, "", "A condition needs field, op and value."),
        ({"all": []}, "all", "A group needs at least one condition."),
        (
            {"all": [{"field": "purchases", "op": ">=", "value": 1}], "any": []},
            "any",
            "“any” does not belong here.",
        ),
        ([], "", "A rule is an object with all, any, not, or with field, op and value."),
        ({"all": [{"field": "purchases", "op": ">=", "value": 1}, 7]}, "all.1", "A rule is an object with"),
        (
            {
                "any": [
                    {
                        "all": [
                            {"field": "purchases", "op": ">=", "value": 1},
                            {"field": "age", "op": "<", "value": "x"},
                        ]
                    }
                ]
            },
            "any.0.all.1",
            "Age needs a number.",
        ),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence_and_its_place(document: Any, place: str, words: str) -> None:
    with translation.override("en"), pytest.raises(rules.RuleRefused) as refusal:
        rules.parse(document)
    assert [(where, sentence.startswith(words)) for where, sentence in refusal.value.problems] == [(place, True)]


def test_rules_are_bounded() -> None:
    deep: dict[str, Any] = {"field": "purchases", "op": ">=", "value": 1}
    for _level in range(rules.MOST_LEVELS):
        deep = {"not": deep}
    long = {"all": [{"field": "purchases", "op": ">=", "value": 1}] * (rules.MOST_COMPARISONS + 1)}
    for document in (deep, long):
        with pytest.raises(rules.RuleRefused):
            rules.parse(document)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["'; DROP TABLE customers_customer; --", "%(as_of)s", "100%", "{}", "a\\'b"])
def test_values_are_never_part_of_the_statement(text: str) -> None:
    rule = rules.parse({"field": "favourite_services", "op": "contains", "value": [text]})
    assert text not in rules.compile_rule(rule).sql
    customer = Customer.objects.create()
    Profile.objects.create(customer=customer, favourite_services=[text])
    assert selected(rule) == {customer.pk}
