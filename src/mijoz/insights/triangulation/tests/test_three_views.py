"""Survey, interview and log beside each theme, from a log in which the truth is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mijoz.business.models import Business, StaffMember
from mijoz.customers import actions as customers
from mijoz.customers.models import AuditDay, AuditScore, Customer
from mijoz.events import lake
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.models import ThemeFigure
from mijoz.insights.tests.conftest import AT, SignIn, bought, business, from_the_lake, own_folder, sign_in
from mijoz.insights.triangulation import actions, queries
from mijoz.insights.triangulation.figures import FIGURES, READY
from mijoz.insights.triangulation.measuring import measured
from mijoz.surveys import actions as surveys
from mijoz.surveys.listening import actions as listening
from mijoz.surveys.listening.models import Theme
from mijoz.surveys.queries import version_in_force

__all__ = ["business", "own_folder", "sign_in"]
DAY = AT.date()


def happened(kind: str, customer: str, days_ago: float, reference: str = "", /, **payload: object) -> NewEvent:
    return NewEvent(
        message_id=f"{kind}/{customer}/{days_ago}/{reference}",
        type=kind,
        identity=("customer_number", "till", customer),
        occurred_at=AT - timedelta(days=days_ago),
        reference=reference,
        payload=payload,
    )


def written(*events: NewEvent) -> None:
    record(list(events), source="till")
    customers.project()
    lake.export(at=AT)


@from_the_lake
def test_figures_of_both_periods_are_counted_by_hand(business: Business) -> None:
    rows: list[NewEvent] = []
    for place in range(20):
        rows += bought(f"g{place}", [10, 120])
        rows.append(
            happened(
                "survey_answered", f"g{place}", 5, kind="csat", score=5 if place < 15 else 3, perceived={"assurance": 6}
            )
        )
        rows.append(happened("survey_answered", f"g{place}", 110, kind="csat", score=2))
        rows.append(happened("survey_answered", f"g{place}", 4, kind="nps", score=(10, 8, 3, 9)[place % 4]))
    rows += [happened("complaint", f"g{place}", 6, touchpoint="queue") for place in range(4)]
    rows += [
        happened("case_opened", "g0", 9, "c1", kind="complaint"),
        happened("case_opened", "g1", 9, "c2", kind="request"),
    ]
    rows += [
        happened("case_resolved", "g0", 8, "c1", first_time=True),
        happened("case_resolved", "g1", 7, "c2", first_time=False),
    ]
    rows.append(happened("survey_answered", "g0", 200, kind="csat", score=1))  # before both periods
    written(*rows)
    found = measured(DAY)
    assert found["csat"].found.value == pytest.approx((15 * 5 + 5 * 3) / 20)
    assert (found["csat"].n, found["csat"].n_before, found["csat"].before.value) == (20, 20, 2.0)
    assert found["csat"].change.value == pytest.approx(2.5)
    assert found["nps"].found.value == pytest.approx(25.0)  # half promote, a quarter detracts
    assert found["perceived.assurance"].found.value == 6
    assert found["complaint_share"].found.value == pytest.approx(4 / 20)
    assert found["complaint_share"].before.value == 0
    assert found["resolution_hours"].found.value == pytest.approx(36)
    assert (found["first_time_right"].found.value, found["first_time_right"].n) == (0.5, 2)


@from_the_lake
def test_anonymous_answers_are_counted_and_those_in_the_log_not_twice(business: Business) -> None:
    for key, is_anonymous in (("open", True), ("known", False)):
        survey = surveys.create(
            key=key, kind="csat", names={"en": key}, is_anonymous=is_anonymous, touchpoint="performance", by=None, at=AT
        )
        surveys.move(survey, "open", at=AT)
        if is_anonymous:
            surveys.respond(version_in_force(survey), {"csat": 4}, language="uz", channel="link", at=AT)
        else:
            guest = Customer.objects.create(first_name="Ali")
            [invitation] = surveys.invite(survey, [surveys.Episode(guest.pk, "v1")], channel="email", at=AT)
            surveys.respond(
                version_in_force(survey),
                {"csat": 2, "reason": ""},
                language="uz",
                channel="email",
                at=AT,
                invitation=invitation,
            )
    lake.export(at=AT)
    found = measured(DAY)
    assert (found["csat"].n, found["csat"].found.value) == (2, 3.0)


def said(good: int, bad: int, theme: str = "complaints") -> None:
    coder = StaffMember.objects.create_user(email="c@example.uz", role="analyst")
    asked = listening.Asked(side="customer", consent="unnamed", language="uz", asked_on=date(2026, 3, 1))
    talk = listening.keep_interview(asked, [f"said {place}" for place in range(good + bad)], by=coder, at=AT)
    for place, passage in enumerate(talk.passages.order_by("position")):
        listening.code(passage, {theme: "good" if place < good else "bad"}, by=coder, is_blind=False, at=AT)


def row(key: str) -> queries.Row:
    return next(one for one in queries.rows(DAY) if one.theme.key == key)


@from_the_lake
def test_survey_words_and_log_that_all_became_worse_agree(business: Business) -> None:
    rows: list[NewEvent] = []
    for place in range(60):
        rows += bought(f"g{place}", [10, 120])
        rows.append(happened("survey_answered", f"g{place}", 5, kind="csat", score=1 + place % 3))
        rows.append(happened("survey_answered", f"g{place}", 110, kind="csat", score=3 + place % 3))
    rows += [happened("complaint", f"g{place}", 6, touchpoint="queue") for place in range(25)]
    written(*rows)
    said(good=1, bad=14)
    found = row("complaints")
    assert (found.survey_says, found.heard.says, found.log_says) == ("worse", "worse", "worse")
    assert (found.judged.verdict, found.judged.direction, found.judged.speaking) == ("agree", "worse", 3)
    assert len(found.quotes) == queries.QUOTES
    assert {tone for _passage, tone in found.quotes} == {"bad"}


@from_the_lake
def test_good_words_against_a_log_that_became_worse_contradict(business: Business) -> None:
    rows = [event for place in range(60) for event in bought(f"g{place}", [10, 120])]
    rows += [happened("complaint", f"g{place}", 6) for place in range(25)]
    written(*rows)
    said(good=14, bad=1)
    found = row("complaints")
    assert (found.survey_says, found.heard.says, found.log_says) == ("nothing", "better", "worse")
    assert found.judged.verdict == "contradict"


@pytest.mark.django_db
def test_with_nothing_there_is_silence(business: Business) -> None:
    listening.take_ready_themes()
    assert {one.judged.verdict for one in queries.rows(DAY)} == {"silent"}


@pytest.mark.django_db
def test_the_audit_is_set_beside_its_target(business: Business) -> None:
    listening.take_ready_themes()
    AuditDay.objects.create(day=DAY, made_at=AT, customers=40, score=90)
    people = Customer.objects.bulk_create([Customer(first_name=str(place)) for place in range(40)])
    AuditScore.objects.bulk_create(
        [AuditScore(customer=one, score=85 + place % 11) for place, one in enumerate(people)]
    )
    [audit] = [one for one in row("data_quality").log if one.figure.key == "audit_score"]
    assert (audit.says, audit.measured.n, audit.target) == ("better", 40, 70)
    actions.choose(Theme.objects.get(key="data_quality"), {"audit_score": 99.0})
    [audit] = row("data_quality").log
    assert audit.says == "worse"
    assert row("data_quality").survey == ()


@pytest.mark.django_db
def test_ready_figures_are_known_and_every_ready_theme_has_both_sides() -> None:
    for keys in READY.values():
        assert {FIGURES[key].side for key in keys} == {"survey", "log"}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_figures_are_chosen_in_the_page(language: str, sign_in: SignIn) -> None:
    browser = sign_in("analyst")
    assert browser.get("/three-views/").status_code == 200
    listening.take_ready_themes()
    StaffMember.objects.update(language=language)
    assert browser.get("/three-views/").status_code == 200
    assert browser.get("/three-views/consent/").status_code == 200
    posted = {"use_consent_share": "on", "target_consent_share": "60", "use_nps": "on"}
    assert browser.post("/three-views/consent/", posted).status_code == 302
    assert dict(ThemeFigure.objects.values_list("figure", "target")) == {"consent_share": 0.6, "nps": None}
    wrong = browser.post("/three-views/consent/", {"use_nps": "on", "target_nps": "many"})
    assert wrong.status_code == 422
    assert ThemeFigure.objects.count() == 2
    browser.post("/three-views/consent/", {})
    assert ThemeFigure.objects.count() == 0
    assert browser.get("/three-views/nonsense/").status_code == 404
