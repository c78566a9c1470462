"""What customers and staff see, post, and are told."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mijoz.business.models import Role, StaffMember
from mijoz.customers.models import Customer
from mijoz.surveys import actions, links, queries
from mijoz.surveys.actions import Episode
from mijoz.surveys.models import FollowUp, Invitation, Place, Response, Survey, SurveyVersion
from mijoz.surveys.results import results
from mijoz.surveys.tests.conftest import AT, Open

pytestmark = pytest.mark.django_db


def path_of(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def text_of(response: HttpResponse | Any) -> str:
    return str(response.content.decode())


def invited(survey: Survey, guest: Customer) -> Invitation:
    from django.utils import timezone

    return actions.invite(survey, [Episode(guest.pk, "visit 1")], channel="email", at=timezone.now())[0]


def test_a_customer_answers_by_their_link_in_their_language(
    opened: Open, guests: list[Customer], client: Client
) -> None:
    invitation = invited(opened("nps"), guests[0])
    address = path_of(links.of_invitation(invitation.pk))
    page = client.get(address + "?score=9")
    assert page["Content-Language"] == "ru"
    assert page["Referrer-Policy"] == "no-referrer"
    assert 'value="9" checked' in text_of(page)
    assert not Response.objects.exists()  # a mail program that opens links answers nothing
    assert client.post(address, {"answered": "1", "q_nps": "9", "q_praise": "<b>врач</b>"}).status_code == 200
    kept = Response.objects.get()
    assert (kept.answers, kept.language, kept.customer) == ({"nps": 9, "praise": "<b>врач</b>"}, "ru", guests[0])
    assert "уже ответили" in text_of(client.get(address))
    assert client.post(address, {"answered": "1", "q_nps": "0"}).status_code == 200
    assert Response.objects.get().answers["nps"] == 9


def test_what_is_wrong_is_said_at_its_question_and_nothing_is_lost(
    opened: Open, guests: list[Customer], client: Client
) -> None:
    address = path_of(links.of_invitation(invited(opened("indicators"), guests[0]).pk))
    page = client.post(
        address, {"answered": "1", "q_fitting_offer": "4", "q_fitting_channel": "none", "language": "en"}
    )
    assert page.status_code == 422
    shown = text_of(page)
    assert "Question 3:" in shown
    assert 'name="q_fitting_offer" value="4" checked' in shown
    assert 'name="q_fitting_channel" value="none" checked' in shown
    assert not Response.objects.exists()


@pytest.mark.parametrize("address", ["/s/made-up.token/", "/s/all/made-up.token/", "/s/at/made-up/"])
def test_a_made_up_link_leads_nowhere(opened: Open, client: Client, address: str) -> None:
    opened()
    assert client.get(address).status_code == 404
    assert client.post(address, {"answered": "1", "q_csat": "5"}).status_code == 404
    assert not Response.objects.exists()


def test_the_link_for_everybody_is_of_anonymous_surveys_alone(opened: Open, client: Client) -> None:
    known, anonymous = opened("csat"), opened("nps", is_anonymous=True)
    assert client.get(path_of(links.of_everybody(known))).status_code == 404
    assert client.post(path_of(links.of_everybody(anonymous)), {"answered": "1", "q_nps": "7"}).status_code == 200
    assert Response.objects.get().is_anonymous


def test_a_place_takes_answers_until_it_is_closed(opened: Open, client: Client) -> None:
    place = actions.add_place(opened(), kind=Place.Kind.KIOSK, name="Door", branch=None)
    address = path_of(links.of_place(place))
    done = client.post(address, {"answered": "1", "q_csat": "5"})
    assert 'http-equiv="refresh"' in text_of(done)
    actions.close_place(place)
    assert client.post(address, {"answered": "1", "q_csat": "1"}).status_code == 410
    assert [row.answers for row in Response.objects.all()] == [{"csat": 5}]


def test_nobody_answers_a_hundred_times(opened: Open, client: Client) -> None:
    place = actions.add_place(opened(), kind=Place.Kind.QR, name="Table", branch=None)
    address = path_of(links.of_place(place))
    statuses = [client.post(address, {"answered": "1", "q_csat": "5"}).status_code for _ in range(22)]
    assert statuses == [200] * 20 + [429] * 2
    assert Response.objects.count() == 20


def test_a_manager_makes_changes_and_opens_a_survey(signed_in: Client) -> None:
    made = signed_in.post("/surveys/new/", {"kind": "csat", "name": "After the visit", "touchpoint": "performance"})
    assert made["Location"] == "/surveys/after_the_visit/questions/"
    page = text_of(signed_in.get(made["Location"]))
    assert 'value="csat"' in page
    fields = dict(re.findall(r'name="([a-z0-9_]+)" value="([^"]*)"', page))
    del fields["do"]
    fields |= {f"0_text_{code}": f"Savol {code}" for code in ("uz", "ru", "en")} | {"place": ["0"], "0_kind": "scale"}
    fields |= {
        "0_key": "csat",
        "0_high": "7",
        "0_required": "1",
        "bad_question": "csat",
        "bad_op": "<=",
        "bad_value": "3",
    }
    assert signed_in.post(made["Location"], fields).status_code == 302
    version = SurveyVersion.objects.get(number=2)
    assert [question["high"] for question in version.definition["questions"]] == [7]
    assert version.definition["bad"] == {"question": "csat", "op": "<=", "value": 3}
    assert signed_in.post("/surveys/after_the_visit/state/", {"state": "open"}).status_code == 302
    assert Survey.objects.get().state == "open"


def test_the_editor_adds_moves_and_removes_without_keeping(signed_in: Client, opened: Open) -> None:
    opened("nps")
    fields = {"place": ["0", "1"], "0_key": "a", "0_kind": "scale", "1_key": "b", "1_kind": "text"}
    keys = re.compile(r'name="\d+_key" value="([a-z0-9_]+)"')
    for deed, shown in (
        ("up:1", ["b", "a"]),
        ("remove:0", ["b"]),
        ("copy:0", ["a", "a_2", "b"]),
        ("add:choice", ["a", "b", "question_1"]),
    ):
        page = signed_in.post("/surveys/nps/questions/", fields | {"do": deed})
        assert keys.findall(text_of(page)) == shown, deed
    assert SurveyVersion.objects.count() == 1


def test_questions_that_cannot_be_asked_are_refused(signed_in: Client, opened: Open) -> None:
    opened("nps")
    page = signed_in.post(
        "/surveys/nps/questions/", {"place": ["0"], "0_key": "a", "0_kind": "scale", "0_text_uz": "Bor"}
    )
    assert page.status_code == 422
    assert "ru, en" in text_of(page)
    assert SurveyVersion.objects.count() == 1


def test_results_say_what_was_answered(opened: Open, guests: list[Customer], signed_in: Client) -> None:
    survey = opened("nps")
    version = queries.version_in_force(survey)
    for score in (10, 9, 7, 2):
        actions.respond(version, {"nps": score}, language="uz", channel="qr", at=AT)
    found = results(survey)
    assert found.measures[0].estimate.value == 25
    assert (found.n, found.rate) == (4, None)
    page = text_of(signed_in.get("/surveys/nps/"))
    assert "only 4 answers" in page or "faqat 4 ta javob" in page
    exported = b"".join(signed_in.get("/surveys/nps/answers.csv").streaming_content).decode()  # type: ignore[arg-type]
    assert len(exported.strip().splitlines()) == 5


def test_segments_that_answer_rarely_are_named_and_weighed(opened: Open, business: Any) -> None:
    survey = opened("csat")
    Survey.objects.update(rest_days=0)
    survey.refresh_from_db()
    people = Customer.objects.bulk_create([Customer(first_name=f"G{n}") for n in range(80)])
    episodes = [
        Episode(guest.pk, "v", segment="new" if place < 40 else "at_risk") for place, guest in enumerate(people)
    ]
    asked = actions.invite(survey, episodes, channel="email", at=AT)
    version = queries.version_in_force(survey)
    for place, invitation in enumerate(asked):
        if place < 36 or place >= 76:
            score = 5 if place < 36 else 1
            actions.respond(version, {"csat": score}, language="uz", channel="email", at=AT, invitation=invitation)
    found = results(survey)
    assert [each.segment for each in found.missing] == ["at_risk"]
    assert found.measures[0].estimate.value == pytest.approx(0.9)
    assert found.measures[0].weighted == pytest.approx(0.5)


def test_servqual_results_have_gaps(opened: Open) -> None:
    survey = opened("servqual", is_anonymous=True)
    definition = queries.definition_in_force(survey)
    version = queries.version_in_force(survey)
    for shift in (0, 1):
        given: dict[str, Any] = {"csat": 4}
        for question in definition.questions:
            if question.measure in {"expected", "perceived"}:
                given[question.key] = (6 if question.measure == "expected" else 4) + shift
        actions.respond(version, given | {"csat": 4}, language="uz", channel="link", at=AT)
    found = results(survey)
    assert found.straight == 0
    assert found.gaps is not None
    assert found.gaps.plain.gap.value == pytest.approx(-2)
    assert isinstance(queries.answer_frame(queries.responses(survey), definition), pl.DataFrame)


def test_follow_ups_are_for_those_who_call(opened: Open, guests: list[Customer], signed_in: Client) -> None:
    survey = opened("csat")
    version = queries.version_in_force(survey)
    for guest in guests:
        actions.respond(
            version, {"csat": 1}, language="uz", channel="email", at=AT, invitation=_invitation(survey, guest)
        )  # fmt: skip
    with CaptureQueriesContext(connection) as few:
        signed_in.get("/surveys/follow-ups/")
    one = FollowUp.objects.first()
    assert one is not None
    FollowUp.objects.exclude(pk=one.pk).delete()
    with CaptureQueriesContext(connection) as fewer:
        assert guests[0].first_name in text_of(signed_in.get("/surveys/follow-ups/"))
    assert len(few) == len(fewer)
    assert signed_in.post(f"/surveys/follow-ups/{one.pk}/", {"do": "close", "outcome": "made_up"}).status_code == 422
    assert FollowUp.objects.get().state == "open"
    closed = {"do": "close", "outcome": "explained", "note": "called"}
    assert signed_in.post(f"/surveys/follow-ups/{one.pk}/", closed).status_code == 302
    assert FollowUp.objects.get().outcome == "explained"


def _invitation(survey: Survey, guest: Customer) -> Invitation:
    return actions.invite(survey, [Episode(guest.pk, "visit 1")], channel="email", at=AT)[0]


def test_an_analyst_reads_and_changes_nothing(opened: Open, business: Any) -> None:
    opened("csat")
    analyst = StaffMember.objects.create_user(email="a@example.uz", name="Aziza", role=Role.ANALYST)
    client = Client()
    client.force_login(analyst)
    assert client.get("/surveys/csat/").status_code == 200
    assert client.post("/surveys/csat/state/", {"state": "closed"}).status_code == 403
    assert client.get("/surveys/follow-ups/").status_code == 403
    assert Survey.objects.get().state == "open"
