"""What django-allauth asks us about accounts: who may have one, what is said, in which language."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from mijoz.business.models import StaffMember
from mijoz.business.sealing import fernet

PURPOSE = b"mijoz second factors, 1"


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: the first owner and all staff come by a one-time link."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail or the password is wrong."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: StaffMember, **named: Any) -> HttpResponse:
        response = super().post_login(request, user, **named)
        remember_language(response, user.language)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor: an authenticator app, passkeys, recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. A code lasts half a minute: take the newest one."),
        "cannot_generate_recovery_codes": _("Turn on an authenticator app or add a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return fernet(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; after a change of the secret key one that nobody knows, so that no code fits any more."""
        try:
            return fernet(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def generate_authenticator_name(self, user: StaffMember, type: str) -> str:
        return str(_("Passkey"))


def sign_in(request: HttpRequest, member: StaffMember) -> None:
    """Sign in who has just chosen a password here."""
    AccountAdapter(request).login(request, member)
    record_authentication(request, member, method="password", email=member.email)


def remember_language(response: HttpResponse, language: str) -> None:
    """Let the browser ask for pages in this language from now on, also before signing in."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
