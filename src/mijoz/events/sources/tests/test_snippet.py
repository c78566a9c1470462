"""The script for web sites: small, at a lasting address, for anybody."""

from __future__ import annotations

import pytest
from django.test import Client

from mijoz.events.sources.views.snippet import FILE


def test_it_is_smaller_than_five_kilobytes_as_it_is_written() -> None:
    assert len(FILE.read_bytes()) < 5_000


@pytest.mark.django_db
def test_any_page_may_load_it_and_browsers_keep_it() -> None:
    answer = Client().get("/mijoz.js", headers={"origin": "https://shop.uz"})
    assert answer.content == FILE.read_bytes()
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in answer.headers["Cache-Control"]
    again = Client().get("/mijoz.js", headers={"if-none-match": answer.headers["ETag"]})
    assert again.status_code == 304
