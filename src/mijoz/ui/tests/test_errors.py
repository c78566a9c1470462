"""What people see when something goes wrong: our page, in their language, with a way on."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from mijoz.ui import views


@pytest.mark.django_db
def test_an_unknown_address() -> None:
    answer = Client(headers={"Accept-Language": "uz"}).get("/nowhere-at-all")
    assert answer.status_code == 404
    assert "Bunday sahifa yoʻq" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token() -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "ru"})
    answer = client.post("/account/login/", {"login": "a@example.uz", "password": "x"})
    assert answer.status_code == 403
    assert "Эта форма была открыта слишком долго" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("view", "status"), [(views.bad_request, 400), (views.permission_denied, 403)])
def test_a_damaged_request_and_a_refused_page(view: Any, status: int) -> None:
    answer = view(RequestFactory().get("/x"))
    assert answer.status_code == status
    assert str(status) in answer.content.decode()
    assert 'href="/"' in answer.content.decode()


def test_a_fault_is_shown_without_asking_the_database() -> None:
    """No `django_db`: a query would fail this test."""
    with translation.override("uz"):
        answer = views.server_error(RequestFactory().get("/x"))
    assert answer.status_code == 500
    assert "Bizda nosozlik yuz berdi" in answer.content.decode()


@pytest.mark.django_db
def test_the_target_of_a_form_opened_by_its_address() -> None:
    answer = Client(headers={"Accept-Language": "ru"}).get("/language/")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "Эту страницу нельзя открыть по адресу" in answer.content.decode()
