"""The change history: what people change is kept with who and from what to what, what machines write is not."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client

from mijoz.business import history
from mijoz.business.history import Asked
from mijoz.business.models import Branch, Business, Role, StaffMember
from mijoz.business.tracking import on_behalf_of

SECRETS = ("password", "digest", "secret", "sealed", "times_shut_out", "last_login")


@pytest.fixture
def owner(db: None) -> StaffMember:
    Business.objects.create(pk=1, name="Choyxona", started_as="empty")
    return StaffMember.objects.create_user(email="malika@example.uz", name="Malika", role=Role.OWNER)


@pytest.fixture
def browser(owner: StaffMember) -> Client:
    client = Client()
    client.force_login(owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_a_change_in_a_page_says_who_when_and_from_what_to_what(browser: Client, owner: StaffMember) -> None:
    Branch.objects.create(code="markaz", name="Markaz")
    answer = browser.post("/settings/branches/markaz/", {"name": "Yunusobod", "city": "Toshkent"})
    assert answer.status_code == 302, answer.content
    (change,) = history.changes(Asked(kind="business.Branch"))
    assert (change.who, change.verb, change.address) == ("Malika", "changed", "/settings/branches/markaz/")
    fields = {field.label: (field.before, field.after) for field in change.fields}
    assert fields == {"Name": ("Markaz", "Yunusobod"), "City": ("", "Toshkent")}
    page = browser.get("/history/").content.decode()
    for shown in ("Malika", "<del>Markaz</del>", "<ins>Yunusobod</ins>"):
        assert shown in page
    assert "Yunusobod" in browser.get("/history/", {"staff": owner.pk, "kind": "business.Branch"}).content.decode()
    nothing = browser.get("/history/", {"kind": "business.Business", "since": "2030-01-01"}).content.decode()
    assert "<ins>Yunusobod</ins>" not in nothing


def test_the_page_of_a_thing_leads_to_its_history(browser: Client, owner: StaffMember) -> None:
    branch = Branch.objects.create(code="markaz", name="Markaz")
    for page, query in (
        ("/settings/branches/markaz/", f"kind=business.Branch&amp;of={branch.pk}"),
        (f"/staff/{owner.pk}/", f"kind=business.StaffMember&amp;of={owner.pk}"),
        ("/settings/", "kind=business.Business&amp;of=1"),
        ("/settings/channels/", "kind=channels.ChannelAccount"),
    ):
        assert f'href="/history/?{query}"' in browser.get(page).content.decode(), page


def test_what_machines_write_is_not_kept(owner: StaffMember) -> None:
    branch = Branch.objects.create(code="markaz", name="Markaz")
    Branch.objects.update(name="Yunusobod")
    branch.delete()
    assert history.changes(Asked()) == []


def test_adding_and_removing_are_kept_with_what_was_there(owner: StaffMember) -> None:
    with on_behalf_of(program="till", url="/api/v1/x"):
        Branch.objects.create(code="markaz", name="Markaz")
        Branch.objects.all().delete()
    removed, added = history.changes(Asked(kind="business.Branch"))
    assert [(one.who, one.verb) for one in (added, removed)] == [("till", "added"), ("till", "removed")]
    assert {field.label: field.after for field in added.fields}["Name"] == "Markaz"
    assert {field.label: field.before for field in removed.fields}["Name"] == "Markaz"


def test_saving_what_stands_there_is_no_change(owner: StaffMember) -> None:
    branch = Branch.objects.create(code="markaz", name="Markaz")
    with on_behalf_of(staff=owner.pk, url="/"):
        branch.save()
        owner.set_password("another long word 1")
        owner.save()
    assert history.changes(Asked()) == []


def test_no_history_keeps_a_secret() -> None:
    kept = {model for model in apps.get_models() if getattr(model, "pgh_tracked_model", None)}
    assert len(kept) >= 15
    found = [
        f"{model._meta.label}.{field.name}"
        for model in kept
        for field in model._meta.fields
        if any(secret in field.name for secret in SECRETS)
    ]
    assert found == []


def test_every_history_is_shown_on_the_page() -> None:
    tracked = {
        model.pgh_tracked_model._meta.label for model in apps.get_models() if hasattr(model, "pgh_tracked_model")
    }
    assert tracked == {kind for kind, _label in history.kinds()}


@pytest.mark.parametrize("odd", [{"kind": "x"}, {"of": "\0"}, {"page": "-1"}, {"staff": "9" * 30}, {"since": "soon"}])
def test_odd_filters_break_nothing(odd: dict[str, Any], browser: Client) -> None:
    assert browser.get("/history/", odd).status_code == 200
