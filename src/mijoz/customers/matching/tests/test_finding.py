"""The search: who is merged, who is asked about, who is left alone."""

from __future__ import annotations

import pytest
from django.utils import timezone

from mijoz.analysis.matching import linking
from mijoz.analysis.simulator.duplicates import people_with_duplicates
from mijoz.customers.identity import merging
from mijoz.customers.matching import finding
from mijoz.customers.matching.tests.people import (
    ANVAR,
    ANVAR_IN_CYRILLIC,
    AT,
    HIS_WIFE,
    customer,
    search,
    strangers,
    tell_all,
)
from mijoz.customers.models import Customer, MatchingRules, Merge, Ownership, Pair, Resolution
from mijoz.customers.queries import root_of

pytestmark = pytest.mark.django_db


def test_one_person_in_two_scripts_becomes_one_customer_with_the_evidence_kept() -> None:
    one, other = customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC)
    found = search()
    assert (found.status, found.merged, found.customers) == ("done", 1, 2)
    assert root_of([one.pk, other.pk]) == {one.pk: one.pk, other.pk: one.pk}
    kept = Pair.objects.get()
    assert (kept.state, kept.left_id, kept.right_id) == (Pair.State.MERGED, one.pk, other.pk)
    names = {row["name"]: row for row in kept.evidence}
    assert names["birth"]["level"] == "same"
    assert (names["first_name"]["left"], names["first_name"]["right"]) == ("Anvar", "Анвар")
    assert sum(row["weight"] for row in kept.evidence) == pytest.approx(kept.weight, abs=0.01)
    assert Merge.objects.get().evidence["rows"] == kept.evidence


def test_a_family_with_one_phone_stays_two_people() -> None:
    one, other = customer(**ANVAR), customer(**HIS_WIFE)
    assert search().merged == 0
    assert root_of([one.pk, other.pk]) == {one.pk: one.pk, other.pk: other.pk}


def test_two_who_proved_who_they_are_are_never_merged_by_a_machine() -> None:
    one, other = customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC)
    Ownership.objects.update(proved_at=AT)
    assert search().merged == 0
    assert not Merge.objects.exists()
    assert list(Pair.objects.values_list("left", "right", "state")) == [(one.pk, other.pk, "waiting")]


def test_what_was_decided_is_not_asked_again() -> None:
    one, other = customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC)
    merging.keep_apart([(one.pk, other.pk)], by=None, at=AT)
    found = search()
    assert (found.merged, found.to_review) == (0, 0)
    assert Pair.objects.get().state == Pair.State.APART


def test_an_undone_merge_is_not_made_again() -> None:
    customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC)
    search()
    merging.undo(Merge.objects.get(), by=None, at=AT)
    assert search().merged == 0
    assert Merge.objects.filter(undone_at__isnull=True).count() == 0


def test_the_restricted_and_the_erased_are_not_looked_at() -> None:
    one = customer(**ANVAR)
    customer(**ANVAR_IN_CYRILLIC)
    Customer.objects.filter(pk=one.pk).update(restricted_at=AT)
    found = search()
    assert (found.customers, found.merged, found.to_review) == (1, 0, 0)


def test_a_phone_known_as_shared_says_nothing() -> None:
    family = {"first_name": "", "last_name": "Karimov", "phone": "+998901112233"}
    one, other = customer(**family), customer(**family)
    MatchingRules.objects.create(merge_from=99, review_from=1)
    search()
    asked = Pair.objects.count()
    Ownership.objects.filter(customer=one).update(is_shared=True)
    identity = Ownership.objects.get(customer=one).identity
    identity.kind, identity.account, identity.value = "phone", "", "+998901112233"
    identity.save()
    Pair.objects.all().delete()
    search()
    assert (asked, Pair.objects.count()) == (1, 0)
    assert other.pk


def test_thresholds_decide_and_what_is_no_longer_likely_is_forgotten() -> None:
    customer(**ANVAR), customer(**ANVAR_IN_CYRILLIC)
    MatchingRules.objects.create(merge_from=99.9999, review_from=1)
    first = search()
    assert (first.merged, first.to_review) == (0, 1)
    Customer.objects.filter(first_name="Анвар").update(
        first_name="Ботир", birth_on="1971-01-02", address="", patronymic="", last_name="Ким"
    )
    second = finding.resolve(Resolution.objects.create(), at=timezone.now())
    assert (second.merged, second.to_review, Pair.objects.count()) == (0, 0, 0)


def test_searching_twice_changes_nothing() -> None:
    strangers(people_with_duplicates(200, seed=3))
    search()
    before = list(Pair.objects.order_by("pk").values_list("left", "right", "state"))
    again = search()
    assert again.merged == 0
    assert sorted(Pair.objects.values_list("left", "right", "state")) == sorted(before)


def test_people_are_found_again_and_hardly_anybody_is_mistaken() -> None:
    frame = people_with_duplicates(600, seed=4)
    customers = strangers(frame)
    found = search()
    roots = root_of(customers.values())
    person = dict(frame.select("record", "person").iter_rows())
    groups: dict[int, list[int]] = {}
    for record, number in customers.items():
        groups.setdefault(roots[number], []).append(person[record])
    wrong = sum(len(set(members)) > 1 for members in groups.values())
    assert found.merged is not None
    assert found.merged > 60
    assert wrong <= 2


def test_without_splink_the_search_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "is_installed", lambda: False)
    search_ = Resolution.objects.create()
    with pytest.raises(finding.NotInstalled, match="pip install"):
        finding.resolve(search_, at=AT)
    search_.refresh_from_db()
    assert search_.status == Resolution.Status.WAITING


def test_a_search_that_a_dead_worker_left_is_closed() -> None:
    left = Resolution.objects.create(status=Resolution.Status.RUNNING)
    assert finding.going_on() is None
    left.refresh_from_db()
    assert left.status == Resolution.Status.FAILED


def test_a_second_search_asks_the_same_with_the_same_likelihood() -> None:
    strangers(people_with_duplicates(600, seed=4, family_share=0.5))
    tell_all()
    first = search()
    asked = {(pair.left_id, pair.right_id): pair.probability for pair in Pair.objects.filter(state="waiting")}
    again = search()
    assert first.merged > 50
    assert again.merged <= 1
    assert len(asked) > 5
    found = {(pair.left_id, pair.right_id): pair.probability for pair in Pair.objects.filter(state="waiting")}
    close = [pair for pair, likely in asked.items() if found.get(pair, 0.0) == pytest.approx(likely, abs=0.1)]
    assert len(close) >= 0.8 * len(asked)  # who was merged is told of by two now
