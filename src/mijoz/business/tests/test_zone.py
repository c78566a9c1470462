"""Moments are shown by the business's own clock."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from mijoz.business.middleware import StaffMiddleware
from mijoz.business.models import Business, Role, StaffMember


@pytest.mark.django_db
def test_staff_see_the_clock_of_the_business() -> None:
    Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Samarkand")
    request = RequestFactory().get("/")
    request.user = StaffMember.objects.create_user(email="a@example.uz", role=Role.OWNER)
    zones = []

    def page(_request: HttpRequest) -> HttpResponse:
        zones.append(timezone.get_current_timezone_name())
        return HttpResponse()

    StaffMiddleware(page)(request)
    assert zones == ["Asia/Samarkand"]
    assert timezone.get_current_timezone_name() == "UTC"
