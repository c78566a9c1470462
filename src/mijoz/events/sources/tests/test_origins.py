"""Addresses of sites: what counts as one, and which pages may send."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mijoz.events.sources import origins


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("", []),
        ("https://shop.uz", ["https://shop.uz"]),
        ("shop.uz", ["https://shop.uz"]),
        ("HTTPS://Shop.UZ:443/basket?x=1", ["https://shop.uz"]),
        ("http://shop.uz:8080, https://shop.uz  https://shop.uz/", ["http://shop.uz:8080", "https://shop.uz"]),
        ("https://*.shop.uz", ["https://*.shop.uz"]),
        ("http://localhost:3000", ["http://localhost:3000"]),
        ("https://чойхона.uz", ["https://xn--80armcb5bl.uz"]),
    ],
)
def test_what_is_an_address(text: str, cleaned: list[str]) -> None:
    assert origins.clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "ftp://a.uz",
        "javascript:alert(1)",
        "https://a:b@c.uz",
        "https://a.uz:x",
        "https://",
        "https://a..uz",
        "https://*",
    ],
)
def test_what_is_none(text: str) -> None:
    if text == "null":
        assert origins.clean(text) == ["https://null"]  # a host of one word; the origin “null” of a file never matches
        assert not origins.allows(["https://null"], "null")
        return
    with pytest.raises(origins.OriginRefused):
        origins.clean(text)


@pytest.mark.parametrize(
    ("origin", "may"),
    [
        ("https://shop.uz", True),
        ("https://SHOP.uz", True),
        ("http://shop.uz", False),
        ("https://shop.uz:8443", False),
        ("https://evil-shop.uz", False),
        ("https://shop.uz.evil.com", False),
        ("https://a.cafe.uz", True),
        ("https://a.b.cafe.uz", True),
        ("https://cafe.uz", False),
        ("https://evilcafe.uz", False),
        ("null", False),
        ("", False),
    ],
)
def test_who_may_send(origin: str, may: bool) -> None:
    assert origins.allows(["https://shop.uz", "https://*.cafe.uz"], origin) is may


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        cleaned = origins.clean(text)
    except origins.OriginRefused:
        return
    assert origins.clean("\n".join(cleaned)) == cleaned
    assert not origins.allows(cleaned, "https://elsewhere.example") or "elsewhere" in text.lower()
