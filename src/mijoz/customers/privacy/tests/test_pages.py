"""What staff see and do about a customer's data, and what the house decides about all of them."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone, translation

from mijoz.business.models import Role
from mijoz.channels.models import Message
from mijoz.customers.models import (
    Confirmation,
    Consent,
    ConsentText,
    Customer,
    Look,
    PortalLink,
    PrivacySettings,
    RetentionRule,
    RetentionRun,
    SubjectRequest,
)
from mijoz.customers.privacy import actions, jobs, retention, texts
from mijoz.customers.tests.conftest import AT, Happened, SignedIn, Told
from mijoz.events import lake
from mijoz.events.models import Event


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.EMBEDDED_FOLDER = tmp_path / "postgres"


def test_every_answer_is_shown_with_its_words_place_and_version(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", email="aziza@example.uz")
    browser = signed_in(Role.OPERATOR)
    browser.post(f"/customers/{customer.pk}/consent/marketing/give", {"channel": "sms", "proof": "signed form № 7"})
    browser.post(f"/customers/{customer.pk}/consent/marketing/withdraw", {"channel": "sms", "proof": "by phone"})
    page = browser.get(f"/customers/{customer.pk}/privacy").content.decode()
    assert page.index("by phone") < page.index("signed form № 7")
    assert "Malika" in page


def test_a_yes_that_staff_write_down_waits_for_the_mailbox_when_the_business_wants_it(
    told: Told, signed_in: SignedIn
) -> None:
    PrivacySettings.objects.create(confirmed_purposes=["marketing"])
    customer = told(first_name="Aziza", email="aziza@example.uz")
    address = f"/customers/{customer.pk}/consent/marketing/give"
    signed_in(Role.OPERATOR).post(address, {"channel": "email", "proof": "said so"})
    assert not Consent.objects.exists()
    assert Confirmation.objects.get().address == Message.objects.get().address == "aziza@example.uz"


def test_links_are_shown_sent_and_taken_back(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza", email="aziza@example.uz")
    browser, address = signed_in(Role.FRONT_OFFICE), f"/customers/{customer.pk}/privacy/link"
    shown = browser.post(f"{address}/make").content.decode()
    assert "/p/" in shown
    browser.post(f"{address}/send")
    assert "/p/" in Message.objects.get().text
    assert PortalLink.objects.filter(revoked_at=None).count() == 2
    browser.post(f"{address}/revoke")
    assert not PortalLink.objects.filter(revoked_at=None).exists()
    assert browser.post(f"{address}/juggle").status_code == 404


def test_the_banner_says_restricted_and_lifting_takes_it_away(told: Told, signed_in: SignedIn) -> None:
    customer, browser = told(first_name="Aziza"), signed_in(Role.MANAGER)
    browser.post(f"/customers/{customer.pk}/privacy/stop/restrict")
    assert "Restricted since" in browser.get(f"/customers/{customer.pk}/").content.decode()
    browser.post(f"/customers/{customer.pk}/privacy/stop/lift")
    assert "Restricted since" not in browser.get(f"/customers/{customer.pk}/").content.decode()
    browser.post(f"/customers/{customer.pk}/privacy/stop/object")
    assert "Objected to profiling" in browser.get(f"/customers/{customer.pk}/").content.decode()


def test_staff_erase_through_the_worker_and_see_the_proof(told: Told, signed_in: SignedIn) -> None:
    customer, browser = told(first_name="Zulayho", phone="+998907654321"), signed_in(Role.MANAGER)
    response = browser.post(f"/customers/{customer.pk}/privacy/erase")
    request = SubjectRequest.objects.get()
    assert response["Location"].endswith(str(request.pk))
    assert "Being erased" in browser.get(response["Location"]).content.decode()
    jobs.erase(request_id=str(request.pk), staff_id=request.taken_by_id)
    page = browser.get(response["Location"]).content.decode()
    assert "found nothing" in page
    assert "Zulayho" not in page
    assert "Erased on" in browser.get(f"/customers/{customer.pk}/").content.decode()
    for path in ("edit", "protocol", "consent/marketing/give"):
        assert browser.get(f"/customers/{customer.pk}/{path}").status_code == 404
    told_again = {"first_name": "Zulayho", "proof": "x", "channel": ""}
    assert browser.post(f"/customers/{customer.pk}/consent/marketing/give", told_again).status_code == 404
    assert not Consent.objects.exists()
    assert browser.get("/customers/?q=Zulayho").content.decode().count("data-href") == 0
    jobs.erase(request_id=str(request.pk), staff_id=None)  # a second worker changes nothing
    assert SubjectRequest.objects.count() == 1


def test_a_request_is_refused_with_a_reason_and_changes_nothing_else(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    request = actions.ask(customer, SubjectRequest.Kind.ERASURE, through="portal", at=timezone.now())
    browser = signed_in(Role.OWNER)
    assert browser.post(f"/settings/privacy/requests/{request.pk}", {"answer": ""}).status_code == 400
    browser.post(f"/settings/privacy/requests/{request.pk}", {"answer": "An order is still open."})
    request.refresh_from_db()
    assert (request.answer, request.done_at) == ("An order is still open.", None)
    assert Customer.objects.get().first_name == "Aziza"


def test_staff_hand_over_the_copy_and_it_is_noted(told: Told, signed_in: SignedIn) -> None:
    customer = told(first_name="Aziza")
    response: Any = signed_in(Role.OWNER).get(f"/customers/{customer.pk}/privacy/copy")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert "Aziza" in archive.read("everything.html").decode()
    assert Look.objects.get().what == "copy"
    assert SubjectRequest.objects.get().kind == "access"


def test_looking_is_written_down_once_and_with_what_was_seen(told: Told, signed_in: SignedIn) -> None:
    customer, other = told(first_name="Aziza"), told(first_name="Bobur")
    analyst = signed_in(Role.ANALYST)
    for _look in range(3):
        analyst.get(f"/customers/{customer.pk}/")
    manager = signed_in(Role.MANAGER)
    manager.get(f"/customers/{customer.pk}/")
    b"".join(manager.get("/customers/export.csv").streaming_content)  # type: ignore[attr-defined]
    seen = sorted(Look.objects.values_list("customer", "what", "saw_contacts", "member__role"))
    assert seen == sorted(
        [
            (customer.pk, "page", False, "analyst"),
            (customer.pk, "page", True, "manager"),
            (customer.pk, "list export", True, "manager"),
            (other.pk, "list export", True, "manager"),
        ]
    )
    page = manager.get(f"/settings/privacy/looks?number={other.pk}").content.decode()
    assert "the export of the list" in page
    assert "Aziza" not in page


def test_texts_get_versions_and_never_change(signed_in: SignedIn) -> None:
    browser = signed_in(Role.MANAGER)
    address = "/settings/privacy/texts/marketing/en"
    for text in ("I want offers from {business} by {channel}.", "I want offers from {business} by {channel}.", "Yes."):
        assert browser.post(address, {"text": text}).status_code == 302
    assert browser.post(address, {"text": "I am {name}"}).status_code == 400
    assert list(ConsentText.objects.values_list("version", "text")) == [
        (2, "Yes."),
        (1, "I want offers from {business} by {channel}."),
    ]
    with pytest.raises(ProgrammingError), transaction.atomic():
        ConsentText.objects.filter(version=1).update(text="Something else")
    assert ConsentText.objects.get(version=1).text.startswith("I want")
    with translation.override("en"):
        words = texts.words_for("marketing", business="Choyxona", channel="email")
    assert (words.agreement, words.version) == ("Yes.", "marketing/en/2")


def test_rules_of_keeping_are_previewed_kept_and_carried_out(
    told: Told, happened: Happened, signed_in: SignedIn
) -> None:
    customer = told(first_name="Aziza")
    happened(customer, "page_view", days_ago=1)
    happened(customer, "purchase_line", days_ago=1)
    browser = signed_in(Role.OWNER)
    page = browser.post("/settings/privacy/keeping", {"events:page_view": "6", "preview": "1"}).content.decode()
    assert "Nothing is saved yet" in page
    assert "events:purchase_line" not in page
    assert not RetentionRule.objects.exists()
    assert browser.post("/settings/privacy/keeping", {"events:page_view": "0", "save": "1"}).status_code == 400
    browser.post("/settings/privacy/keeping", {"events:page_view": "6", "save": "1"})
    assert Event.objects.filter(type="page_view").exists()  # nothing goes before the night
    (ran,) = retention.run(at=timezone.now())
    assert (ran.kind, ran.rows) == ("events:page_view", 1)
    assert not Event.objects.filter(type="page_view").exists()
    assert Event.objects.filter(type="purchase_line").exists()
    assert retention.run(at=timezone.now()) == []
    assert RetentionRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # the lake takes what is committed
def test_the_night_reads_each_month_of_the_lake_once_for_all_rules(
    told: Told, happened: Happened, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = told(first_name="Aziza")
    for type_ in ("page_view", "quiz_done", "purchase_line", "visit"):
        for days_ago in (0, 300, 400):
            happened(customer, type_, days_ago=days_ago)
    lake.export(at=timezone.now())
    for type_, months in (("page_view", 6), ("quiz_done", 12), ("never_seen", 1)):
        RetentionRule.objects.create(kind=f"events:{type_}", months=months, changed_at=AT)
    read: list[Any] = []
    scan = pl.scan_parquet
    monkeypatch.setattr(pl, "scan_parquet", lambda path, **told: read.append(path) or scan(path, **told))
    files = sorted(lake.folder().glob("month=*/*.parquet"))
    retention.run(at=AT)
    assert len(read) == len(set(read)) < len(files)  # the newest month is nothing that a rule looks at
    monkeypatch.undo()
    in_log = sorted(Event.objects.values_list("pk", flat=True))
    assert sorted(lake.scan().collect()["id"].to_list()) == in_log
    left = Event.objects.exclude(type="profile_declared").values_list("type", flat=True)
    assert sorted(left) == ["page_view", *["purchase_line"] * 3, *["quiz_done"] * 2, *["visit"] * 3]


@pytest.mark.django_db(transaction=True)
def test_what_a_night_that_was_cut_short_left_in_the_lake_goes_the_next(told: Told, happened: Happened) -> None:
    customer = told(first_name="Aziza")
    happened(customer, "page_view", days_ago=400)
    lake.export(at=timezone.now())
    RetentionRule.objects.create(kind="events:page_view", months=6, changed_at=AT)
    Event.objects.filter(type="page_view").delete()  # and then the machine stopped
    retention.run(at=AT)
    assert "page_view" not in lake.scan().collect()["type"].to_list()


def test_who_does_not_come_any_more_is_erased_and_who_comes_is_not(told: Told, happened: Happened) -> None:
    gone, here = told(first_name="Zulfizarxon"), told(first_name="Bobur")
    happened(gone, "purchase_line", days_ago=1)
    Customer.objects.update(created_at=AT - timedelta(days=400))
    happened(here, "purchase_line", days_ago=-800)
    Event.objects.filter(type="profile_declared").delete()
    kind = {kind.key: kind for kind in retention.kinds()}["inactive"]
    than = AT + timedelta(days=400)
    assert kind.count(than) == 1
    assert kind.remove(than) == 1
    gone.refresh_from_db()
    here.refresh_from_db()
    assert (gone.first_name, here.first_name) == ("", "Bobur")
    assert SubjectRequest.objects.get().asked_through == "retention"


def test_the_checklist_reads_what_it_can_and_takes_the_rest_by_hand(told: Told, signed_in: SignedIn) -> None:
    browser = signed_in(Role.OWNER)
    before = browser.get("/settings/privacy").content.decode()
    assert "no legal advice" in before
    assert "Nobody has said in which country" in before
    told_by_us = {"hosting_country": "uz", "operator": "Choyxona MChJ", "tax_number": "301234567"}
    browser.post("/settings/privacy/settings", told_by_us)
    browser.post("/settings/privacy/duty/training", {"state": "done", "note": "On 3 March"})
    after = browser.get("/settings/privacy").content.decode()
    assert "Declared: UZ" in after
    assert "Choyxona MChJ, 301234567" in after
    assert "On 3 March" in after
    assert browser.post("/settings/privacy/duty/hosting", {"state": "done"}).status_code == 404
