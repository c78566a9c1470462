"""A business with two coders and a talk to code."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.surveys.listening import actions
from mijoz.surveys.listening.actions import Asked
from mijoz.surveys.listening.models import Interview
from mijoz.surveys.listening.suggesting import _learned
from mijoz.surveys.tests.conftest import AT, business, guests, manager, nobody_tried_yet, opened, signed_in

__all__ = ["business", "guests", "manager", "nobody_tried_yet", "opened", "signed_in"]

SAID = (
    "Administrator ismimni har safar qayta soʻraydi, maʼlumotlarim notoʻgʻri.",
    "Мастер всё объяснил и был вежлив.",
    "Nobody answered in Telegram.",
    "Havo yaxshi edi.",
)


@pytest.fixture(autouse=True)
def nothing_learned() -> None:
    _learned.cache_clear()


@pytest.fixture
def analyst(business: Business) -> StaffMember:
    return StaffMember.objects.create_user(email="rustam@example.uz", name="Rustam", role=Role.ANALYST)


@pytest.fixture
def second(analyst: StaffMember) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def talk(manager: StaffMember) -> Interview:
    asked = Asked(side="customer", consent="unnamed", language="uz", asked_on=date(2026, 3, 20), who="regular guest")
    return actions.keep_interview(asked, SAID, by=manager, at=AT)
