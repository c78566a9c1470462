"""The first owner's account, an authenticator app and a passkey, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LINK, Installation, serious_findings

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "uchta soz birga"


def code_of(secret: str, *, steps_later: int = 0) -> str:
    """The six digits of RFC 6238 for this half minute."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps_later)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def with_authenticator(page: Page) -> None:
    """The browser has a device that keeps passkeys and confirms at once."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def expect_in(page: Page, home: str) -> None:
    expect(page).to_have_url(f"{home}/")
    page.goto(f"{home}/me/")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_first_owner_gets_in_by_link_password_app_and_passkey(installation: Installation, page: Page) -> None:
    home = installation.address.replace("127.0.0.1", "localhost")  # passkeys belong to a name, not to a number
    with_authenticator(page)
    findings: list[str] = []

    # the link that the start printed
    page.goto(installation.wait_for_line(LINK).replace("127.0.0.1", "localhost"))
    page.get_by_label("Your name").fill("Dilshod")
    page.get_by_label("E-mail").fill("dilshod@example.uz")
    page.get_by_label("Password").fill("short")
    press(page, "Create the account")
    expect(page.get_by_text("This password is too short.")).to_be_visible()
    findings += serious_findings(page)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Show")
    expect(page.get_by_label("Password")).to_have_value(PASSWORD)
    page.get_by_label("English").check()
    press(page, "Create the account")
    expect_in(page, home)

    # an authenticator app
    page.goto(f"{home}/account/2fa/totp/activate/")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    picture = page.get_by_alt_text("The QR code for the app")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    findings += serious_findings(page)
    secret = page.locator(".mj-secret").inner_text()
    page.get_by_label("Code from the app").fill(code_of(secret))
    press(page, "Turn on")
    expect(page.locator(".mj-codes code")).to_have_count(10)
    findings += serious_findings(page)

    # a passkey, for which the browser's device confirms
    page.goto(f"{home}/account/2fa/webauthn/add/")
    page.get_by_label("Name").fill("My laptop")
    press(page, "Create the passkey")
    expect(page.get_by_text("The passkey was added.")).to_be_visible()
    findings += serious_findings(page)
    sign_out(page)

    # password and code
    page.get_by_label("E-mail").fill("dilshod@example.uz")
    page.get_by_label("Password").fill("not the password")
    press(page, "Sign in")
    expect(page.get_by_text("The e-mail or the password is wrong.")).to_be_visible()
    findings += serious_findings(page)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    findings += serious_findings(page)
    page.get_by_label("Code").fill(code_of(secret, steps_later=1))
    press(page, "Sign in")
    expect_in(page, home)
    sign_out(page)

    # the passkey alone
    press(page, "Sign in with a passkey")
    expect_in(page, home)
    page.goto(f"{home}/account/2fa/webauthn/")
    expect(page.get_by_role("row", name=re.compile("My laptop"))).to_contain_text("instead of the password")
    findings += serious_findings(page)
    assert findings == []
