"""Setting up a till in the pages: its secret, a sample, the mapping with a look at what it makes, first events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business.models import Role
from mijoz.events.models import Event, Quarantined, Source, Webhook
from mijoz.events.sources import receiving, webhooks
from mijoz.events.sources.tests.test_mapping import RECEIPT
from mijoz.events.sources.tests.test_receiving import Till

pytestmark = pytest.mark.django_db
TYPED = {
    "sample": json.dumps(RECEIPT),
    "each": "receipt.lines[*]",
    "time": "auto",
    "money": "soum",
    "path_type": "operation",
    "values_type": "SALE = purchase_line\nRETURN = refund_line\nnothing",
    "path_message_id": "receipt.number",
    "path_amount": "receipt.lines[*].sum",
    "path_item": "receipt.lines[*].name",
    "path_phone": "receipt.customer.phone",
    "constant_channel": "hall",
}


@pytest.fixture
def till(business: Any) -> Till:
    return Till()


def secret_in(page: Any) -> str:
    found = re.search(r"<code>(whsec_[^<]+|[\w-]{43})</code>", page.content.decode())
    assert found
    return found[1]


def test_a_webhook_is_added_and_its_secret_shown_this_once(manager: Client) -> None:
    page = manager.post("/sources/add", {"name": "till", "kind": "webhook"})
    secret = secret_in(page)
    source = Source.objects.get()
    assert secret not in manager.get(f"/sources/{source.pk}/").content.decode()
    assert webhooks.check_of(Webhook.objects.get(), at=timezone.now()).secrets == [secret]
    again = manager.post("/sources/add", {"name": "till", "kind": "webhook"})
    assert again.status_code == 400
    assert Webhook.objects.count() == 1


def test_the_first_call_is_mapped_saved_and_replayed(till: Till, manager: Client) -> None:
    till.call(RECEIPT)
    address = f"/sources/{till.source.pk}/mapping"
    html = manager.get(address).content.decode()
    assert "receipt.lines[*].sum" in html
    assert "suggested" in html
    assert "Plov" in html
    look = manager.post(f"{address}/preview", TYPED).content.decode()
    assert look.count("purchase_line") == 2
    assert not Event.objects.exists()
    saved = manager.post(f"{address}/save", TYPED, follow=True)
    assert saved.redirect_chain[-1][0] == f"/sources/quarantine/?source={till.source.pk}"
    kept = Quarantined.objects.get()
    manager.post("/sources/quarantine/replay", {"ids": [kept.pk]})
    assert Event.objects.filter(type="purchase_line", channel="hall").count() == 2
    assert till.call(RECEIPT, "c2").json()["known"] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"values_type": "RETURN = refund_line"}, "stands for nothing yet"),
        ({"path_amount": "receipt.lines[*].name"}, "This is no number"),
        ({"path_amount": "a["}, "One of the paths cannot be read"),
        ({"time": "never"}, "One of the paths cannot be read"),
        ({"path_type": "", "values_type": ""}, "choose it in the mapping"),
        ({"constant_type": "message_sent", "path_type": "", "values_type": ""}, "written by Mijoz itself"),
        ({"each": "lines[*]"}, "list of lines is not in the call"),
        ({"path_phone": ""}, "Nothing says whose it is"),
        ({"sample": "no json"}, "list of lines is not in the call"),
    ],
)
def test_the_preview_says_what_is_wrong_and_saves_nothing(
    till: Till, manager: Client, change: dict[str, str], said: str
) -> None:
    look = manager.post(f"/sources/{till.source.pk}/mapping/preview", TYPED | change)
    assert look.status_code == 200
    assert said in look.content.decode()
    assert Webhook.objects.get().mapping == {}


def test_a_way_without_numbers_of_calls_is_warned_of(till: Till, manager: Client) -> None:
    typed = TYPED | {"path_message_id": ""}
    address = f"/sources/{till.source.pk}/mapping/preview"
    assert "Nothing tells one call from another" not in manager.post(address, typed).content.decode()
    webhooks.set_check(till.webhook, way="header")
    assert "Nothing tells one call from another" in manager.post(address, typed).content.decode()


def test_a_wrong_mapping_is_not_saved(till: Till, manager: Client) -> None:
    answer = manager.post(f"/sources/{till.source.pk}/mapping/save", TYPED | {"path_item": "a..b"}, follow=True)
    assert "cannot be read" in answer.content.decode()
    assert Webhook.objects.get().mapping == {}


@pytest.mark.parametrize(
    ("pasted", "path"),
    [(json.dumps(RECEIPT), "receipt.customer.phone"), ("leads[add][0][phone]=998901234567", "leads.add[*].phone")],
)
def test_a_pasted_call_is_the_sample(till: Till, manager: Client, pasted: str, path: str) -> None:
    page = manager.post(f"/sources/{till.source.pk}/mapping/sample", {"sample": pasted}, follow=True)
    assert f'data-path="{path}"' in page.content.decode()


@pytest.mark.parametrize("pasted", ["", "{", "[1,"])
def test_what_is_no_call_is_no_sample(till: Till, manager: Client, pasted: str) -> None:
    page = manager.post(f"/sources/{till.source.pk}/mapping/sample", {"sample": pasted}, follow=True)
    assert "neither JSON" in page.content.decode() or "Paste a call first" in page.content.decode()
    assert Webhook.objects.get().sample is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"way": "hmac", "header": "X Y", "encoding": "hex"}, "only letters, digits and -"),
        ({"way": "magic", "encoding": "hex"}, "not one of the available choices"),
        ({"way": "hmac", "encoding": "hex", "secret": "short"}, "at least 12 characters"),
        ({"way": "address", "encoding": "hex", "secret": "twelve-and-more"}, "at least 24"),
        ({"way": "address", "encoding": "hex", "secret": "a/" * 20}, "at least 24"),
    ],
)
def test_a_way_that_cannot_be_changes_nothing(till: Till, manager: Client, given: dict[str, str], said: str) -> None:
    before = Webhook.objects.values().get()
    answer = manager.post(f"/sources/{till.source.pk}/check", given)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Webhook.objects.values().get() == before


def test_the_way_and_the_secret_are_changed_in_the_page(till: Till, manager: Client) -> None:
    given = {"way": "hmac", "header": "X-Till", "encoding": "base64", "secret": "given by the till"}
    page = manager.post(f"/sources/{till.source.pk}/check", given).content.decode()
    assert "given by the till" in page
    webhook = Webhook.objects.get()
    assert (webhook.signature, webhook.header, webhook.encoding) == ("hmac", "X-Till", "base64")
    rotated = secret_in(manager.post(f"/sources/{till.source.pk}/secret"))
    check = webhooks.check_of(Webhook.objects.get(), at=timezone.now())
    assert check.secrets == [rotated, "given by the till"]
    assert "is good until" in manager.get(f"/sources/{till.source.pk}/").content.decode()


def test_the_page_says_why_calls_are_refused(till: Till, manager: Client) -> None:
    till.call(RECEIPT, **{"webhook-signature": "v1,AAAA"})
    assert "signature or secret is wrong" in manager.get(f"/sources/{till.source.pk}/").content.decode()
    till.call(RECEIPT)
    assert "Calls are refused" not in manager.get(f"/sources/{till.source.pk}/").content.decode()


def test_an_analyst_sees_that_a_till_calls_and_nothing_of_what_it_says(
    till: Till, signed_in: Callable[[str], Client]
) -> None:
    till.call(RECEIPT)
    analyst = signed_in(Role.ANALYST)
    page = analyst.get(f"/sources/{till.source.pk}/").content.decode()
    assert "Dilnoza" not in page
    for deed in ("mapping", "mapping/preview", "mapping/save", "mapping/sample", "check", "secret"):
        assert analyst.post(f"/sources/{till.source.pk}/{deed}").status_code in {403, 405}
    assert analyst.get(f"/sources/{till.source.pk}/mapping").status_code == 403
    assert receiving.first_of({"each": 1}).fields == {}
