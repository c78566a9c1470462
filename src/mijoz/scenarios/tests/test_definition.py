"""A definition is checked as a whole; what is wrong is said in a sentence, at its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.scenarios import definition, wording
from mijoz.scenarios.checking import DefinitionRefused, parse
from mijoz.scenarios.tests.conftest import MESSAGE, OFFER, PROTOCOL, TASK, WAIT, document


def changed(base: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """`base` with `value` at this place; None takes away what is there."""
    whole = copy.deepcopy(base)
    *way, last = place.split(".")
    inner: Any = whole
    for part in way:
        inner = inner[int(part)] if isinstance(inner, list) else inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[int(last) if isinstance(inner, list) else last] = value
    return whole


ALL = document(PROTOCOL, OFFER, MESSAGE, WAIT, TASK)


@pytest.mark.parametrize(
    ("place", "value", "where", "says"),
    [
        ("trigger", ..., "trigger", "missing"),
        ("trigger.kind", "birthday", "trigger.kind", "segment_entered, segment_left"),
        ("trigger.segment", "", "trigger", "Choose the segment"),
        ("trigger.include_present", "perhaps", "trigger.include_present", "Yes or no"),
        ("colour", "red", "colour", "does not belong here"),
        ("holdout_share", 1, "holdout_share", "from 0 to 90 per cent"),
        ("holdout_share", "much", "holdout_share", "from 0 to 90 per cent"),
        ("again_after_days", 0, "again_after_days", "from 1 to 3650"),
        ("purpose", "profiling", "purpose", "service, marketing"),
        ("goal.window_days", 0, "goal.window_days", "from 1 to 365"),
        ("goal.window_days", 2, "goal.window_days", "The steps take 2 days"),
        ("goal.window_days", True, "goal.window_days", "whole number"),
        ("eligibility", {"field": "shoe_size", "op": ">", "value": 3}, "eligibility", "no field “shoe_size”"),
        ("eligibility", {"all": [{"field": "purchases", "op": ">", "value": "x"}]}, "eligibility.all.0", "number"),
        ("steps", [], "steps", "at least one step"),
        ("steps", [WAIT], "steps", "at least one step"),
        ("steps", [MESSAGE, WAIT], "steps.1", "Nothing follows this wait"),
        ("steps", [MESSAGE, MESSAGE], "steps.1.key", "Two steps have the key “letter”"),
        ("steps", [TASK] * 31, "steps", "at most 30 steps"),
        ("steps.0", {"kind": "dance"}, "steps.0", "one of: wait, branch, split, message"),
        ("steps.0", "wait", "steps.0", "not what is needed"),
        ("steps.0", {"kind": "protocol", "key": "p"}, "steps.0", "sets nothing"),
        ("steps.0.priority", 10, "steps.0.priority", "from 0 to 9"),
        ("steps.0.key", "Very Long Key", "steps.0.key", "small Latin letters"),
        ("steps.1.valid_days", 0, "steps.1.valid_days", "from 1 to 365"),
        ("steps.1.discount", 0.1, "steps.1", "either a discount or a gift"),
        ("steps.1.gifts", {}, "steps.1", "either a discount or a gift"),
        ("steps.1.offer", "two words", "steps.1.offer", "small Latin letters"),
        ("steps.2.channel", "pigeon", "steps.2.channel", "email"),
        ("steps.2.texts", {}, "steps.2.texts", "one language at least"),
        ("steps.2.texts", {"uz": "Salom", "fr": "Bonjour"}, "steps.2.texts", "not one of our languages"),
        ("steps.2.texts", {"uz": "Salom"}, "steps.2.texts.ru", "write both in Russian"),
        ("steps.2.texts", {"ru": "Привет"}, "steps.2.texts.uz", "Write it in Uzbek too"),
        ("steps.2.texts.uz", "{{ customer.fist_name }}", "steps.2.texts.uz", "Did you mean “customer.first_name”?"),
        ("steps.2.subjects.uz", "{{ weather }}", "steps.2.subjects.uz", "no variable “weather”"),
        ("steps.2.texts.uz", "x" * 5001, "steps.2.texts", "longer than 5000"),
        ("steps.2.texts.uz", "{% if offer.gift %}{{ offer.gift }}{% endif %}", "", ""),
        ("steps.2.texts.uz", "{% if customer.name %}x{% endif %}", "steps.2.texts.uz", "this text is empty"),
        ("steps.3.days", 0, "steps.3", "at least one hour"),
        ("steps.3.hours", 24, "steps.3.hours", "from 0 to 23"),
        ("steps.4.role", "cook", "steps.4.role", "Choose one of"),
        ("steps.4.branch", "mars", "steps.4.branch", "no branch “mars”"),
        ("trigger.segment", "giants", "trigger.segment", "no segment “giants”"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(place: str, value: Any, where: str, says: str) -> None:
    wrong = changed(ALL, place, value)
    known: dict[str, Any] = {"language": "uz", "segments": {"new"}, "branches": {"centre"}}
    if not says:
        parse(wrong, **known)
        return
    with pytest.raises(DefinitionRefused) as refusal:
        parse(wrong, **known)
    found = [sentence for at, sentence in refusal.value.problems if at == where]
    assert found, refusal.value.problems
    assert says in " ".join(found)


def test_what_was_accepted_comes_back_as_it_is() -> None:
    accepted = parse(ALL, language="uz")
    assert parse(accepted.document()) == accepted


@pytest.mark.parametrize("junk", [None, [], "x", 3, {3: 4}, {"steps": 3}, {"steps": [None, [], {}]}])
def test_junk_is_refused_and_never_crashes(junk: Any) -> None:
    with pytest.raises(DefinitionRefused) as refusal:
        parse(junk)
    assert all(sentence for _place, sentence in refusal.value.problems)


def test_steps_without_a_key_are_given_one() -> None:
    bare = [{name: value for name, value in MESSAGE.items() if name != "key"} for _ in range(2)]
    assert [step.key for step in parse(document(*bare)).steps] == ["message", "message_2"]


def test_an_offer_belongs_to_the_messages_after_it() -> None:
    speaks = {**MESSAGE, "texts": {"uz": "{{ offer.gift }} bor", "ru": "Есть {{ offer.gift }}"}}
    with pytest.raises(DefinitionRefused) as refusal:
        parse(document(speaks, OFFER))
    assert "put an offer step before this message" in str(refusal.value)
    assert parse(document(OFFER, speaks)).offer_before(1) is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ greeting }", "A brace is missing"),
        ("{% if greeting %}", "cannot be read"),
        ("{% for x in (1..1000000000) %}x{% endfor %}", "cannot be read"),
        ("{% assign greeting = 1 %}", "cannot be read"),
        ("{% include 'secrets' %}", "cannot be read"),
        ("{% render 'secrets' %}", "cannot be read"),
        ("{{ customer.password }}", "no variable"),
        ("{{ customer }}", "no variable"),
        ("{{ customer.name | base64_encode }}", "no filter “base64_encode”"),
        ("{% if greeting > 3 %}x{% endif %}", "compare with == and !="),
        ("{% if 3 contains greeting %}x{% endif %}", "compare with == and !="),
    ],
)
def test_what_a_text_may_not_use(text: str, says: str) -> None:
    assert says in " ".join(wording.problems(text))


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Ali", "Ali"), ("  Gulnora  Opa ", "Gulnora Opa"), ("Oʻktam", "Oʻktam"), ("Anna-Maria", "Anna-Maria"),
        ("Анна", "Анна"), ("", ""), ("http://evil.uz", ""), ("www.evil.uz", ""), ("ali@x.uz", ""),
        ("+998901234567", ""), ("A" * 61, ""), ("<b>Ali</b>", ""), ("Ali\r\nBcc: x", ""),
    ],
)  # fmt: skip
def test_what_is_no_name_is_not_said(name: str, spoken: str) -> None:
    assert wording.speakable(name) == spoken


PIECES = st.sampled_from(
    [
        "Salom ", "{{ greeting }}", "{{ customer.first_name | default: greeting }}", "{{ offer.gift | upcase }}",
        "{% if customer.name %}", "{% unless offer.discount %}", "{% else %}", "{% elsif offer.until == 'x' %}",
        "{% endif %}", "{% endunless %}", "{{ 3 | capitalize: 4, x: 5 }}", "{{ business.name | strip | downcase }}",
        "{{ (1..3) }}", "{{ nil }}", "{% if business.name and customer.name or offer.gift != blank %}", "{", "%}",
        "{% raw %}", "{{ offer.until | default: nil }}", "{{ 'a' }}", "{{ booking.at | time }}",
        "{{ nil | money: 3 }}", "{{", "}}", "|", "{% if 3 < 4 %}",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8).map("".join), st.booleans())
def test_a_text_that_was_accepted_renders_for_everybody(text: str, knows_much: bool) -> None:
    full = wording.OfferWords(name="Tea", discount=0.1, gift="tea")
    if wording.problems(text, offer=full):
        return
    words = wording.words_for(
        language="uz",
        first_name="Ali" if knows_much else "",
        name="Ali Valiyev" if knows_much else "",
        favourite_service="Plov" if knows_much else "",
        business="Choyxona",
        offer=wording.offer_words(full if knows_much else None, "uz"),
    )
    assert isinstance(wording.render(text, words), str)
    assert set(wording.used_in(text)) <= wording.VARIABLES.keys()


def test_a_gift_has_no_discount_to_speak_of() -> None:
    speaks = {**MESSAGE, "subjects": {"uz": "{{ offer.discount }}"}, "texts": {"uz": "Salom"}}
    with pytest.raises(DefinitionRefused) as refusal:
        parse(document(OFFER, speaks))
    assert "either a discount or a gift" in str(refusal.value)
    asks = {**speaks, "subjects": {"uz": "Salom {% if offer.discount %}{{ offer.discount }}{% endif %}"}}
    parse(document(OFFER, asks))


def test_kinds_have_labels() -> None:
    assert all(definition.kind_label(kind) for kind in definition.KINDS)


BRANCH: dict[str, Any] = {"kind": "branch", "key": "came", "rule": {"field": "purchases", "op": ">=", "value": 2}}
SPLIT: dict[str, Any] = {
    "kind": "split",
    "key": "chance",
    "arms": [{"key": "a", "share": 30, "steps": [OFFER]}, {"key": "b", "share": 70, "steps": []}],
}


def test_steps_inside_of_others_stand_where_they_belong() -> None:
    tree = parse(document(PROTOCOL, {**BRANCH, "then": [WAIT, TASK], "otherwise": [SPLIT]}, MESSAGE))
    assert [(at.step.key, at.place, at.after) for at in tree.placed] == [
        ("protocol", "steps.0", 1),
        ("came", "steps.1", 6),
        ("wait", "steps.1.then.0", 3),
        ("call", "steps.1.then.1", 6),
        ("chance", "steps.1.otherwise.0", 6),
        ("offer", "steps.1.otherwise.0.arms.0.steps.0", 6),
        ("letter", "steps.2", 7),
    ]
    assert tree.placed[1].ways == {"then": 2, "otherwise": 4}
    assert tree.placed[4].ways == {"a": 5, "b": 6}
    assert tree.offer_before(6) is None  # only some were made the offer
    assert parse(tree.document()) == tree


@pytest.mark.parametrize(
    ("steps", "where", "says"),
    [
        ([{**BRANCH, "then": [{**MESSAGE, "texts": {}}]}], "steps.0.then.0.texts", "one language"),
        ([{**SPLIT, "arms": [{"key": "a", "share": 90}, {"key": "b", "share": 20}]}], "steps.0", "100 per cent"),
        ([{**BRANCH, "then": []}, MESSAGE], "steps.0", "Put a step"),
        ([{**BRANCH, "step": "letter", "outcomes": ["sent"], "then": [TASK]}], "steps.0", "either a rule"),
        ([{**BRANCH, "rule": None, "step": "letter", "outcomes": ["sent"], "then": [TASK]}], "steps.0.step", "no step"),
        (
            [MESSAGE, {**BRANCH, "rule": None, "step": "letter", "outcomes": ["eaten"], "then": [TASK]}],
            "steps.1.outcomes",
            "no outcome of that step",
        ),
        ([{**BRANCH, "then": [OFFER], "otherwise": [OFFER]}], "steps.0.otherwise.0.key", "Two steps"),
        ([{**BRANCH, "then": [WAIT]}], "steps", "at least one step"),
        ([{**BRANCH, "then": [WAIT]}, MESSAGE], "", ""),
        ([MESSAGE, {**BRANCH, "then": [WAIT]}], "steps.1.then.0", "Nothing follows"),
        ([{**OFFER, "source": "loyalty"}], "steps.0", "page of offers"),
        ([{"kind": "offer", "key": "o", "source": "best", "valid_days": 3}], "", ""),
        ([{**WAIT, "until": "event"}, MESSAGE], "steps.0", "Choose the event"),
        ([{**TASK, "confirm": [{"key": "x", "texts": {"uz": "Choy berildi"}}] * 2}], "steps.0", "same key"),
    ],
)
def test_what_is_wrong_inside_is_said_at_its_place(steps: list[Any], where: str, says: str) -> None:
    if not says:
        parse(document(*steps))
        return
    with pytest.raises(DefinitionRefused) as refusal:
        parse(document(*steps))
    assert says in " ".join(sentence for at, sentence in refusal.value.problems if at == where), refusal.value.problems


@pytest.mark.parametrize(
    ("trigger", "where", "says"),
    [
        ({"kind": "event", "event": "visit"}, "", ""),
        ({"kind": "event", "event": "visit", "where": [{"field": "amount", "op": ">", "value": 100}]}, "", ""),
        (
            {"kind": "event", "event": "visit", "where": [{"field": "amount", "op": ">", "value": "x"}]},
            "trigger.where.0", "A number",
        ),
        (
            {"kind": "event", "event": "visit", "where": [{"field": "id; drop", "op": "=", "value": "x"}]},
            "trigger.where.0", "neither a column",
        ),
        ({"kind": "event", "event": ""}, "trigger.event", "Choose the event"),
        ({"kind": "around", "date": "birthday", "days": 3}, "", ""),
        ({"kind": "around", "date": "event", "event": "sold", "field": "until"}, "trigger", "holds its date"),
        ({"kind": "around", "date": "birthday", "hours": 3}, "trigger", "for a booking only"),
        ({"kind": "schedule", "every": "week", "weekday": 4, "at": "25:00"}, "trigger.at", "time of day"),
        ({"kind": "silence", "of": "purchase", "days": 0}, "trigger.days", "from 1"),
        ({"kind": "silence", "of": "visit", "days": 60, "segment": "new"}, "", ""),
    ],
)  # fmt: skip
def test_triggers_are_checked(trigger: dict[str, Any], where: str, says: str) -> None:
    if not says:
        found = parse(document(trigger=trigger))
        assert parse(found.document()) == found
        return
    with pytest.raises(DefinitionRefused) as refusal:
        parse(document(trigger=trigger))
    assert says in " ".join(sentence for at, sentence in refusal.value.problems if at == where), refusal.value.problems


def test_care_is_never_held_out() -> None:
    care = document(MESSAGE, care="complaint", purpose="service", holdout_share=0)
    parse(care)
    for wrong in ({"holdout_share": 0.1}, {"purpose": "marketing"}):
        with pytest.raises(DefinitionRefused):
            parse({**care, **wrong})
