"""What listeners see, post, and are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from mijoz.business.models import StaffMember
from mijoz.customers.models import Customer
from mijoz.surveys.listening import actions
from mijoz.surveys.listening.models import Code, Interview, Passage, Reading, Theme
from mijoz.surveys.tests.conftest import AT

pytestmark = pytest.mark.django_db

KEPT = {
    "side": "customer", "consent": "unnamed", "asked_on": "2026-03-20", "language": "uz", "who": "regular guest",
    "text": "Birinchi fikr.\n\nIkkinchi fikr.",
}  # fmt: skip


def text_of(response: HttpResponse | Any) -> str:
    return str(response.content.decode())


def test_a_talk_is_kept_only_with_a_yes(signed_in: Client, business: Any) -> None:
    refused = signed_in.post("/listening/interviews/new/", KEPT | {"consent": "no"})
    assert refused.status_code == 422
    assert Interview.objects.count() == Passage.objects.count() == 0
    kept = signed_in.post("/listening/interviews/new/", KEPT, follow=True)
    assert [passage.text for passage in Passage.objects.order_by("position")] == ["Birinchi fikr.", "Ikkinchi fikr."]
    assert "Ikkinchi fikr." in text_of(kept)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"customer": "nobody of this name"},
        {"consent": "unnamed", "customer": "Ali"},
        {"consent": "named", "side": "staff", "customer": "Ali"},
        {"asked_on": "soon"},
    ],
)
def test_wrong_forms_are_told_so_and_keep_nothing(
    wrong: dict[str, str], signed_in: Client, guests: list[Customer]
) -> None:
    Customer.objects.update(search_key=" ali")
    assert signed_in.post("/listening/interviews/new/", KEPT | wrong).status_code == 422
    assert Interview.objects.count() == 0


def test_a_file_brings_an_interview_of_each_person(signed_in: Client) -> None:
    table = SimpleUploadedFile("talks.csv", b"who,text\nregular,One.\nnew,Two.\n")
    signed_in.post("/listening/interviews/new/", KEPT | {"text": "", "consent": "named", "file": table})
    assert sorted(Interview.objects.values_list("who", flat=True)) == ["new", "regular"]
    picture = SimpleUploadedFile("talk.txt", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9)
    assert signed_in.post("/listening/interviews/new/", KEPT | {"text": "", "file": picture}).status_code == 422
    assert Interview.objects.count() == 2


def test_names_in_a_file_of_people_who_stay_unnamed_are_not_kept(signed_in: Client) -> None:
    table = SimpleUploadedFile("talks.csv", b"who,text\nAziza Karimova,One.\n")
    signed_in.post("/listening/interviews/new/", KEPT | {"text": "", "file": table})
    assert Interview.objects.get().who == "regular guest"


def test_coding_goes_from_passage_to_passage(signed_in: Client, talk: Interview, manager: StaffMember) -> None:
    signed_in.post("/listening/code/first/begin/")
    page = text_of(signed_in.get("/listening/code/first/"))
    first = talk.passages.get(position=1)
    assert str(first.pk) in page
    posted = {"passage": first.pk, "theme": ["data_quality"], "tone_data_quality": "bad"}
    after = signed_in.post("/listening/code/first/", posted, follow=True)
    assert [(code.theme.key, code.tone) for code in Code.objects.all()] == [("data_quality", "bad")]
    assert str(talk.passages.get(position=2).pk) in text_of(after)
    again = text_of(signed_in.get(f"/listening/code/first/?again={first.pk}"))
    assert 'value="data_quality" data-number="1" checked' in again


def test_a_theme_without_a_tone_is_refused_and_nothing_is_kept(signed_in: Client, talk: Interview) -> None:
    first = talk.passages.get(position=1)
    answer = signed_in.post("/listening/code/first/", {"passage": first.pk, "theme": ["data_quality"]})
    assert answer.status_code == 422
    assert Reading.objects.count() == 0


def test_the_second_coder_sees_nothing_of_the_first_and_no_suggestions(
    second: Client, talk: Interview, manager: StaffMember
) -> None:
    first = talk.passages.get(position=1)
    actions.code(first, {"complaints": "bad"}, by=manager, is_blind=False, at=AT)
    page = text_of(second.get("/listening/code/second/"))
    assert str(first.pk) in page
    assert "checked" not in page.split("data-coding")[1]
    assert "li-suggested" not in page
    assert "li-suggested" in text_of(second.get("/listening/code/first/"))
    second.post("/listening/code/second/", {"passage": first.pk})
    assert Reading.objects.get(passage=first, is_blind=True).codes.count() == 0
    differ = text_of(second.get("/listening/agreement/"))
    assert "theme_complaints" in differ
    second.post(f"/listening/agreement/{first.pk}/", {"theme_complaints": "none"})
    assert "theme_complaints" not in text_of(second.get("/listening/agreement/"))


def test_somebody_elses_reading_cannot_be_opened(second: Client, talk: Interview, manager: StaffMember) -> None:
    first = talk.passages.get(position=1)
    actions.code(first, {"complaints": "bad"}, by=manager, is_blind=False, at=AT)
    page = text_of(second.get(f"/listening/code/second/?again={first.pk}"))
    assert "checked" not in page


def test_a_theme_is_written_in_three_languages(signed_in: Client, talk: Interview) -> None:
    told = {"name_uz": "Narx", "name_ru": "Цена", "name_en": "Price", "words_en": "price, expensive; price"}
    signed_in.post("/listening/themes/new/", told)
    theme = Theme.objects.get(key="price")
    assert theme.words["en"] == ["price", "expensive"]
    assert theme.order == 6
    signed_in.post("/listening/themes/price/change/", told | {"name_en": "What it costs"})
    theme.refresh_from_db()
    assert (theme.key, theme.names["en"], theme.is_active) == ("price", "What it costs", False)
    assert signed_in.post("/listening/themes/new/", {"name_en": "Only English"}).status_code == 422
    assert Theme.objects.count() == 6


@pytest.mark.parametrize(
    "address",
    ["", "interviews/", "themes/", "agreement/", "code/first/", "code/second/", "interviews/?side=nonsense&page=x"],
)
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_pages_stand_with_nothing_in_them(address: str, language: str, signed_in: Client, manager: StaffMember) -> None:
    StaffMember.objects.update(language=language)
    assert signed_in.get(f"/listening/{address}").status_code == 200


def test_odd_addresses_break_nothing(signed_in: Client, talk: Interview) -> None:
    assert signed_in.get("/listening/code/first/?after=x&again=1&last=%00").status_code == 200
    assert signed_in.post("/listening/code/first/", {"passage": "x"}).status_code == 404
    assert signed_in.get("/listening/code/third/").status_code == 404
    assert signed_in.get("/listening/themes/nonsense/").status_code == 404


def test_who_was_asked_is_corrected_and_what_was_said_stays(
    signed_in: Client, talk: Interview, manager: StaffMember
) -> None:
    customer = Customer.objects.create(number="K-77")
    said = list(talk.passages.order_by("position").values_list("pk", "text"))
    actions.code(talk.passages.get(position=1), {"complaints": "bad"}, by=manager, is_blind=False, at=AT)
    page = text_of(signed_in.get(f"/listening/interviews/{talk.pk}/change/"))
    assert "Change the interview" in page
    assert "What they said" not in page
    changed = {name: value for name, value in KEPT.items() if name != "text"} | {"consent": "named", "customer": "K-77"}
    answer = signed_in.post(f"/listening/interviews/{talk.pk}/change/", changed)
    assert answer.status_code == 302, text_of(answer)
    talk.refresh_from_db()
    assert (talk.customer, talk.consent) == (customer, "named")
    assert list(talk.passages.order_by("position").values_list("pk", "text")) == said
    assert Code.objects.count() == 1
    refused = signed_in.post(f"/listening/interviews/{talk.pk}/change/", changed | {"consent": "unnamed"})
    assert refused.status_code == 422
    assert "They want to stay unnamed" in text_of(refused)


@pytest.mark.parametrize("is_merged", [True, False])
def test_an_interview_of_who_was_merged_or_has_no_number_can_be_corrected(
    signed_in: Client, talk: Interview, is_merged: bool
) -> None:
    kept = Customer.objects.create(number="K-1", first_name="Ali", last_name="Valiyev")
    namesake = Customer.objects.create(number="", first_name="Ali", last_name="Valiyev")
    asked = Customer.objects.create(
        number="K-2" if is_merged else "",
        first_name="Ali",
        last_name="Valiyev",
        merged_into=kept if is_merged else None,
    )
    assert str(asked) == str(namesake)
    Interview.objects.filter(pk=talk.pk).update(customer=asked, consent="named")
    address = f"/listening/interviews/{talk.pk}/change/"
    shown = "K-2" if is_merged else str(asked)
    assert f'value="{shown}"' in text_of(signed_in.get(address))
    told = {name: value for name, value in KEPT.items() if name != "text"} | {"consent": "named", "customer": shown}
    answer = signed_in.post(address, told | {"who": "comes every week"})
    assert answer.status_code == 302, text_of(answer)
    talk.refresh_from_db()
    assert (talk.customer, talk.who) == (asked, "comes every week")


def test_removing_an_interview_takes_its_coding_along(signed_in: Client, talk: Interview, manager: StaffMember) -> None:
    actions.code(talk.passages.get(position=1), {"complaints": "bad"}, by=manager, is_blind=False, at=AT)
    signed_in.post(f"/listening/interviews/{talk.pk}/remove/")
    assert Passage.objects.count() == Code.objects.count() == 0
