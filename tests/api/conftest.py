"""Programs that call the API, each with a key of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from mijoz.business import keys
from mijoz.business.models import Business
from mijoz.business.programs import scopes


class Program:
    """A program with a key: `program.get("customers")`, `program.post("customers", {...})`."""

    def __init__(self, key: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.key = key

    def call(self, method: str, path: str, told: Any = None, *, once: str = "", **headers: str) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.key}", **headers}
        if method == "post":
            headers["Idempotency-Key"] = once or str(uuid.uuid4())
        options: dict[str, Any] = {"headers": headers}
        if told is not None:
            options |= {"data": told, "content_type": "application/json"} if method != "get" else {"data": told}
        return getattr(self.client, method)(f"/api/v1/{path}", **options)

    def get(self, path: str, told: Any = None) -> HttpResponse:
        return self.call("get", path, told)

    def post(self, path: str, told: Any, *, once: str = "") -> HttpResponse:
        return self.call("post", path, told, once=once)

    def patch(self, path: str, told: Any) -> HttpResponse:
        return self.call("patch", path, told)

    def delete(self, path: str) -> HttpResponse:
        return self.call("delete", path)


@pytest.fixture
def business(db: None) -> Business:
    return Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")


@pytest.fixture
def program(business: Business) -> Callable[..., Program]:
    """program("customers:read") has this scope alone, program() has all."""

    def with_scopes(*wanted: str) -> Program:
        _key, text = keys.make(f"till {uuid.uuid4()}", scopes=wanted or scopes(), by=None)
        return Program(text)

    return with_scopes
