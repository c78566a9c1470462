"""The results report: measured from what happened, kept as it was, printed, and sent to whom it should be."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import translation

from mijoz.business.models import Business, Role, StaffMember
from mijoz.channels import actions as channels
from mijoz.channels.tests.mailserver import mail_server
from mijoz.customers import actions as customers
from mijoz.events.actions import record
from mijoz.events.types import NewEvent
from mijoz.insights.models import MonthlyReport, ReportAim, ReportMaking, ReportReader
from mijoz.insights.results import actions, catalogue, figures, jobs, pdf, queries, shown
from mijoz.insights.results.figures import Figure
from mijoz.insights.tests.conftest import AT, SignIn, bought, from_the_lake
from mijoz.segments import actions as segments
from mijoz.surveys import actions as surveys
from mijoz.surveys.models import Place, Survey

LATER = datetime(2026, 4, 2, 7, tzinfo=UTC)


def happened(what: str, customer: str | None, on: int, month: int = 3, **payload: Any) -> NewEvent:
    return NewEvent(
        message_id=f"{what}/{customer}/{month}/{on}",
        type=what,
        identity=("customer_number", "till", customer) if customer else None,
        occurred_at=datetime(2026, month, on, 9, tzinfo=UTC),
        reference=f"{what}/{on}",
        payload=payload,
    )


@pytest.fixture
def lively(tea_house: Business) -> Business:
    """The tea house with what a report asks for, and a purchase in April, so that March is over."""
    events = [
        happened("survey_answered", f"guest{n}", 5 + n % 20, kind="csat", score=5 if n % 10 else 2) for n in range(50)
    ]
    events += [happened("survey_answered", f"guest{n}", 27, kind="ces", score=7) for n in range(10)]
    for n in range(20):
        of_one = [
            happened("case_opened", f"guest{n}", 1 + n),
            happened("case_answered", f"guest{n}", 2 + n, by="machine" if n < 12 else "staff"),
            happened("case_resolved", f"guest{n}", 3 + n, automatic=n < 5, first_time=True),
        ]
        events += [replace(one, reference=f"case{n}") for one in of_one]
    events += [happened("offer_made", f"guest{n}", 3, scenario="thanks") for n in range(40)]
    events += [happened("offer_redeemed", f"guest{n}", 9, redemption=str(n)) for n in range(10)]
    events += [happened("consent_given", f"guest{n}", 1, month=1, purpose="profiling") for n in range(30)]
    events += [happened("consent_withdrawn", f"guest{n}", 1, month=2, purpose="profiling") for n in range(6)]
    events += bought("late", [0.5], at=LATER)
    record(events, source="till")
    customers.project()
    segments.replay(at=LATER, months=3)
    return tea_house


def measured(month: str = "2026-03") -> tuple[MonthlyReport, figures.Figures]:
    report = actions.make(month, at=LATER)
    return report, figures.read(report.figures)


@from_the_lake
def test_each_figure_is_what_the_log_says(lively: Business) -> None:
    _report, found = measured()
    now = found.now
    assert (now["satisfied"].value, now["satisfied"].count) == (45 / 50, 50)
    assert (now["ease"].value, now["ease"].count, now["ease"].is_small) == (1.0, 10, True)
    assert (now["answers_automatic"].value, now["answers_automatic"].count) == (12 / 20, 20)
    assert (now["services_automatic"].value, now["services_automatic"].count) == (5 / 20, 20)
    assert (now["offers"].value, now["offers"].count) == (10 / 40, 40)
    assert now["consent"].value == pytest.approx(24 / now["consent"].count)
    assert now["consent"].count == 140  # who bought within the year, the late one not yet
    assert now["proof"].value == pytest.approx(0.45)
    assert now["proof"].facts["works"] == 1
    assert now["protocol"].value is None
    assert now["safe"].value is None
    assert now["satisfied"].low is not None
    assert now["satisfied"].low < 0.9
    assert found.before["satisfied"].value is None
    assert found.aims["satisfied"] == 0.85


@from_the_lake
def test_anonymous_answers_count_though_the_log_has_none(lively: Business) -> None:
    survey = surveys.create(
        key="felt", kind=Survey.Kind.INDICATORS, names={"uz": "a", "ru": "b", "en": "c"}, is_anonymous=True,
        touchpoint="follow_up", by=None, at=AT,
    )  # fmt: skip
    surveys.move(survey, Survey.State.OPEN, at=AT)
    place = Place.objects.create(survey=survey, token="abc", kind=Place.Kind.QR, name="Door")
    version = survey.versions.get()
    for safe in (5, 5, 4, 2):
        answers = {"safe": safe, "fast": 3, "csat": 5}
        survey.responses.create(
            version=version, is_anonymous=True, place=place, channel="qr", language="uz", answered_on=AT.date(),
            answers=answers,
        )  # fmt: skip
    _report, found = measured()
    assert (found.now["safe"].value, found.now["safe"].count) == (3 / 4, 4)
    assert (found.now["fast"].value, found.now["fast"].count) == (0.0, 4)
    assert (found.now["satisfied"].value, found.now["satisfied"].count) == (49 / 54, 54)
    assert found.now["satisfied"].facts["anonymous"] == 4


@from_the_lake
def test_the_forecast_is_judged_on_the_month_it_has_not_seen(lively: Business) -> None:
    """What happens in the month changes whether the forecast was right, and nothing of what was foreseen."""
    _report, found = measured()
    forecast = found.now["forecast"]
    assert forecast.value is not None
    assert forecast.facts["learned_month"] == "2026-02"
    assert forecast.facts["plain_value"] is not None
    words = shown.report(found)
    assert any("February 2026" in sentence and "March 2026" in sentence for sentence in words.forecast)
    assert any("Baseline" in sentence for sentence in words.forecast)


@from_the_lake
def test_a_kept_report_never_changes(lively: Business) -> None:
    report, found = measured()
    record([happened("survey_answered", f"guest{n}", 28, kind="csat", score=1) for n in range(50)], source="till")
    actions.set_aims({"satisfied": 0.5})
    assert actions.make("2026-03", at=LATER) == report
    assert figures.read(MonthlyReport.objects.get().figures) == found
    for change in (lambda: MonthlyReport.objects.update(figures={}), lambda: MonthlyReport.objects.all().delete()):
        with pytest.raises(ProgrammingError, match="reports_never_change"), transaction.atomic():
            change()


@from_the_lake
def test_it_holds_nothing_of_a_person(lively: Business) -> None:
    report, _found = measured()
    kept = json.dumps(report.figures)
    assert not any(f'"{name}' in kept for name in ("guest", "away", "late"))
    assert "customer_id" not in kept


@from_the_lake
def test_months_that_are_not_over_or_before_the_log_are_refused(lively: Business) -> None:
    for month in ("2026-04", "2031-01", "1999-01", "no month"):
        with pytest.raises(actions.MonthRefused):
            actions.make(month, at=LATER)
    assert next(listed.month for listed in queries.months(LATER)) == "2026-03"
    assert queries.last_whole_month(datetime(2026, 3, 31, 7, tzinfo=UTC)) in {"2026-03", "2026-02"}


def test_an_aim_is_reached_or_missed_only_when_the_whole_interval_says_so() -> None:
    entry = catalogue.BY_KEY["satisfied"]
    cases = [
        (Figure(0.9, 0.86, 0.93, 300), "reached"),
        (Figure(0.8, 0.76, 0.84, 300), "missed"),
        (Figure(0.86, 0.82, 0.9, 300), "open"),
        (Figure(0.2, 0.05, 0.5, 12), "open"),
        (Figure(), ""),
    ]
    for figure, expected in cases:
        assert shown.standing(entry, figure, 0.85) == expected
    assert shown.standing(entry, cases[0][0], None) == ""


@from_the_lake
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_it_is_printed_on_one_page_in_every_language(lively: Business, language: str) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    report, _found = measured()
    document = pdfium.PdfDocument(io.BytesIO(pdf.make(report, language=language)))
    assert len(document) == 1
    text = " ".join(document[0].get_textpage().get_text_range().split())
    with translation.override(language):
        for entry in catalogue.ENTRIES:
            assert " ".join(str(entry.label).split()) in text
    if language == "uz":
        assert "koʻrsatkich" in text


def test_without_the_package_the_page_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(pdf.NoPrinter, match=r"install mijoz\[report\]"):
        pdf.make(MonthlyReport(month="2026-03", figures={}, made_at=AT), language="en")


@from_the_lake
def test_the_page_leads_from_nothing_to_a_report(lively: Business, sign_in: SignIn) -> None:
    owner = english(sign_in("owner"))
    page = owner.get("/results/").content.decode()
    assert "The report of March 2026 is not made yet" in page
    assert owner.post("/results/2026-03/make/").status_code == 302
    assert ReportMaking.objects.get().is_open
    assert "Waiting for a worker" in owner.get("/results/2026-03/").content.decode()
    jobs.make("2026-03")
    assert owner.get("/results/2026-03/progress/")["HX-Refresh"] == "true"
    page = " ".join(owner.get("/results/").content.decode().split())
    assert "90.0%" in page
    assert "Not measured yet" in page
    assert "Open the survey “How personal was the service”" in page
    assert "No mail server is set up" in page
    printed = owner.get("/results/2026-03/report.pdf?language=ru")
    assert printed.content.startswith(b"%PDF")
    assert printed["Content-Disposition"] == 'attachment; filename="mijoz-results-2026-03-ru.pdf"'
    assert owner.get("/results/2031-01/").status_code == 404
    assert owner.get("/results/2026-02/report.pdf").status_code == 404


@from_the_lake
def test_an_empty_business_is_told_what_to_do(sign_in: SignIn) -> None:
    page = english(sign_in("owner")).get("/results/").content.decode()
    assert "No month is over yet" in page


@pytest.mark.django_db
def test_aims_are_changed_in_percent_and_may_be_none(sign_in: SignIn) -> None:
    owner = english(sign_in("owner"))
    assert 'value="80"' in owner.get("/results/aims/").content.decode()
    form = {entry.key: "" if entry.aim is None else str(entry.aim * 100) for entry in catalogue.ENTRIES}
    assert owner.post("/results/aims/", form | {"satisfied": "92.5", "fast": ""}).status_code == 302
    assert queries.aims()["satisfied"] == 0.925
    assert queries.aims()["fast"] is None
    assert ReportAim.objects.count() == 2  # the others follow the catalogue
    refused = owner.post("/results/aims/", form | {"satisfied": "192"})
    assert refused.status_code == 422
    assert queries.aims()["satisfied"] == 0.925


@pytest.mark.django_db
def test_an_analyst_reads_and_does_not_change(sign_in: SignIn) -> None:
    analyst = sign_in("analyst")
    assert analyst.get("/results/").status_code == 200
    assert analyst.get("/results/aims/").status_code == 403
    assert analyst.post("/results/readers/", {"members": []}).status_code == 403


@from_the_lake
def test_readers_get_it_once_in_their_own_language(lively: Business) -> None:
    report, _found = measured()
    reader = StaffMember.objects.create_user(email="r@example.uz", password="x", role=Role.MANAGER, language="ru")
    gone = StaffMember.objects.create_user(email="g@example.uz", password="x", role=Role.MANAGER, is_active=False)
    actions.set_readers([reader, gone])
    assert actions.send(report, at=LATER) == 0
    assert "сервер" in report.sendings.get().trouble
    with mail_server() as box:
        channels.set_up_account("email", name="Mail", settings=box.settings.model_dump(), secret="", at=LATER)
        assert actions.send(report, at=LATER + timedelta(minutes=1)) == 1
        assert actions.send(report, at=LATER + timedelta(minutes=2)) == 0
    [mail] = box.mails
    assert mail["To"] == "r@example.uz"
    assert "результаты за март 2026" in mail["Subject"]
    [attached] = list(mail.iter_attachments())
    assert attached.get_filename() == "mijoz-results-2026-03-ru.pdf"
    assert attached.get_content().startswith(b"%PDF")
    assert report.sendings.get().sent_at is not None
    assert ReportReader.objects.count() == 2


def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client
