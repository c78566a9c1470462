"""No one-time link stands in the log."""

from __future__ import annotations

import logging

import pytest
from django.test import Client
from django.utils import timezone

from mijoz.business import actions
from mijoz.business.logs import WithoutTokens, without_tokens

TOKEN = "pWhJ9jBhnXZ-ZkHxJkxI0HxJ6AD9xWHi38RxFWoQZUU"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (f"Bad Request: /welcome/{TOKEN}", "Bad Request: /welcome/…"),
        (f"Gone: /welcome/{TOKEN}?next=/", "Gone: /welcome/…?next=/"),
        ("Not Found: /u/MTc:1tQ9xy:abcdefghijklmnopqrstuvwxyz-_", "Not Found: /u/…"),
        ("Not Found: /customers/17/", "Not Found: /customers/17/"),
        (
            "Not Found: /imports/0192f5c4-7a39-7d10-8a3c-6a1f0c1de001/",
            "Not Found: /imports/0192f5c4-7a39-7d10-8a3c-6a1f0c1de001/",
        ),
    ],
)
def test_tokens_are_left_out(written: str, kept: str) -> None:
    assert without_tokens(written) == kept


@pytest.mark.django_db
def test_a_wrong_form_behind_a_link_does_not_write_the_link_down(caplog: pytest.LogCaptureFixture) -> None:
    token = actions.invite_first_owner(at=timezone.now())
    caplog.handler.addFilter(WithoutTokens())
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        Client().post(f"/welcome/{token}", {"password": "a very secret one"})
    assert "Bad Request: /welcome/…" in caplog.text
    assert token not in caplog.text
    assert "a very secret one" not in caplog.text


def test_the_log_of_the_installation_has_the_filter() -> None:
    from django.conf import settings

    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["without_tokens"]
