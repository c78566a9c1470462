"""A business with customers and an open survey."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from mijoz.business.models import Business, Role, StaffMember
from mijoz.customers.models import Customer
from mijoz.surveys import actions
from mijoz.surveys.models import Survey

AT = datetime(2026, 3, 31, 7, tzinfo=UTC)  # noon in Tashkent
DAY = timedelta(days=1)

Open = Callable[..., Survey]


@pytest.fixture(autouse=True)
def nobody_tried_yet() -> None:
    cache.clear()


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(
        pk=1, name="Shifo", sector="clinic", time_zone="Asia/Tashkent", language="uz", started_as="empty"
    )


@pytest.fixture
def manager(business: Business) -> StaffMember:
    return StaffMember.objects.create_user(email="nodira@example.uz", name="Nodira", role=Role.MANAGER)


@pytest.fixture
def signed_in(manager: StaffMember) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def guests(business: Business) -> list[Customer]:
    return [Customer.objects.create(first_name=name, language="ru") for name in ("Ali", "Vali", "Gani", "Sora")]


@pytest.fixture
def opened(business: Business) -> Open:
    """opened("nps") is an open survey of this kind; opened("csat", is_anonymous=True) an anonymous one."""

    def make(
        kind: str = "csat", *, state: str = Survey.State.OPEN, is_anonymous: bool = False, key: str = ""
    ) -> Survey:
        survey = actions.create(
            key=key or kind, kind=kind, names={"uz": kind, "ru": kind, "en": kind}, is_anonymous=is_anonymous,
            touchpoint="performance", by=None, at=AT,
        )  # fmt: skip
        if state != Survey.State.DRAFT:
            actions.move(survey, state, at=AT)
        return survey

    return make
