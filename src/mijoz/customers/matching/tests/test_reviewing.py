"""A pair is decided once, by whoever is first; the last answer can be taken back."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers.matching import reviewing
from mijoz.customers.matching.tests.people import ANVAR, AT, customer
from mijoz.customers.models import Merge, Pair
from mijoz.customers.queries import root_of

pytestmark = pytest.mark.django_db
EVIDENCE = [
    {"name": "prior", "level": "", "left": "", "right": "", "weight": -9.5},
    {"name": "first_name", "level": "same", "left": "Anvar", "right": "Анвар", "weight": 7.0},
    {"name": "phone", "level": "different", "left": "+998901112233", "right": "", "weight": -1.5},
    {"name": "relatives", "level": "", "left": "", "right": "", "weight": -0.2},
]


def member(role: str = Role.MANAGER, name: str = "Malika") -> StaffMember:
    return StaffMember.objects.create_user(email=f"{name}-{role}@example.uz", role=role, name=name)


def pair(probability: float = 0.5) -> Pair:
    left, right = customer(**ANVAR), customer(**ANVAR)
    return Pair.objects.create(
        left=left, right=right, probability=probability, weight=0, evidence=EVIDENCE, found_at=AT
    )


@pytest.fixture
def browser() -> Client:
    Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")
    client = Client()
    client.force_login(member())
    client.cookies["mijoz_language"] = "en"
    return client


def test_same_person_merges_and_undo_gives_two_back_and_asks_again() -> None:
    asked, by = pair(), member()
    decided = reviewing.same(asked, by=by, at=AT)
    assert decided.state == Pair.State.MERGED
    assert len(set(root_of([asked.left_id, asked.right_id]).values())) == 1
    undone = reviewing.undo(by=by, at=AT + timedelta(minutes=1))
    assert (undone.pk, undone.state) == (asked.pk, Pair.State.WAITING)
    assert len(set(root_of([asked.left_id, asked.right_id]).values())) == 2
    assert Merge.objects.get().undone_by == by
    assert list(Pair.objects.values_list("pk", flat=True)) == [asked.pk]


def test_two_people_is_kept_and_undo_opens_it() -> None:
    asked, by = pair(), member()
    assert reviewing.two(asked, by=by, at=AT).state == Pair.State.APART
    assert reviewing.take(by=by, at=AT) is None
    assert reviewing.undo(by=by, at=AT).state == Pair.State.WAITING
    with pytest.raises(reviewing.NothingToUndo):
        reviewing.undo(by=by, at=AT)


def test_later_comes_after_all_others() -> None:
    likely, other, by = pair(0.9), pair(0.2), member()
    assert reviewing.take(by=by, at=AT) == likely
    reviewing.later(likely, at=AT)
    assert reviewing.take(by=by, at=AT) == other
    reviewing.two(other, by=by, at=AT)
    assert reviewing.take(by=by, at=AT) == likely


def test_two_reviewers_are_never_shown_one_pair_and_who_left_gives_it_back() -> None:
    first, second = pair(0.9), pair(0.8)
    malika, anvar = member(), member(name="Anvar")
    assert reviewing.take(by=malika, at=AT) == first
    assert reviewing.take(by=anvar, at=AT) == second
    assert reviewing.take(by=malika, at=AT, beside=[first.pk]) is None
    assert reviewing.take(by=anvar, at=AT + reviewing.HELD * 2) == first


@pytest.mark.django_db(transaction=True)
def test_of_many_answers_at_one_moment_one_counts() -> None:
    asked = pair()
    members = [member(name=f"m{number}") for number in range(6)]
    start, won, late = threading.Barrier(6), [], []

    def answer(number: int) -> None:
        decide = reviewing.same if number % 2 else reviewing.two
        start.wait()
        try:
            won.append(decide(asked, by=members[number], at=AT).state)
        except reviewing.DecidedAlready as decided:
            late.append(decided.pair.state)
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.refresh_from_db()
    assert (won, late) == ([asked.state], [asked.state] * 5)
    assert Merge.objects.count() == (asked.state == Pair.State.MERGED)


@pytest.mark.django_db(transaction=True)
def test_the_last_pair_is_shown_though_the_page_is_just_looking_ahead_at_it() -> None:
    last, by = pair(), member()
    shown: list[Pair | None] = []

    def ask() -> None:
        shown.append(reviewing.take(by=by, at=AT))
        connection.close()

    asking = threading.Thread(target=ask)
    with transaction.atomic():
        reviewing.take(by=by, at=AT)
        asking.start()
        while asking.is_alive() and not somebody_waits_for_us():
            asking.join(0.01)
    asking.join()
    assert shown == [last]


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def test_whoever_is_late_is_told_who_decided(browser: Client) -> None:
    asked = pair()
    reviewing.two(asked, by=member(name="Anvar"), at=AT)
    answer = browser.post(f"/customers/duplicates/review/{asked.pk}/same", headers={"HX-Request": "true"})
    assert "Anvar decided this pair before you: two people" in answer.headers["HX-Trigger"]
    asked.refresh_from_db()
    assert asked.state == Pair.State.APART
    assert not Merge.objects.exists()


def test_the_page_shows_the_evidence_in_words_and_works_without_scripts(browser: Client) -> None:
    asked = pair()
    page = browser.get("/customers/duplicates/review/").content.decode()
    assert "One person with a likelihood of 50.0%" in page
    assert "130 times likelier" in page
    assert "For one person speak: first name." in page
    answer = browser.post(f"/customers/duplicates/review/{asked.pk}/two", follow=True)
    assert "All pairs are decided" in answer.content.decode()


def test_of_what_a_source_says_no_likelihood_is_made_up(browser: Client) -> None:
    asked = pair()
    Pair.objects.filter(pk=asked.pk).update(evidence=[{"name": "linked"}, {"name": "bar", "bar": "relatives"}])
    page = browser.get("/customers/duplicates/review/").content.decode()
    assert "A source says that they are one person" in page
    assert "relatives, perhaps" in page
    assert "likelihood" not in page
    assert "a source says so" in browser.get("/customers/duplicates/").content.decode()


def test_lists_take_a_constant_number_of_queries(browser: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(12):
        pair(0.3 + number / 100)
    browser.get("/customers/duplicates/")
    with django_assert_max_num_queries(16):
        page = browser.get("/customers/duplicates/?q=Karimov").content.decode()
    assert page.count("data-href") == 12
    assert browser.get("/customers/duplicates/?q=Nobody").content.decode().count("data-href") == 0


def test_thresholds_out_of_order_are_refused_and_change_nothing(browser: Client) -> None:
    answer = browser.post("/customers/duplicates/rules", {"merge_from": "50", "review_from": "60"})
    assert answer.status_code == 400
    assert "must not be above" in answer.content.decode()
    assert browser.post("/customers/duplicates/rules", {"merge_from": "95", "review_from": "5"}).status_code == 302
    page = browser.get("/customers/duplicates/rules").content.decode()
    assert 'value="95.0"' in page
