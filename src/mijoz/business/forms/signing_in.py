"""The forms of django-allauth in our words, without placeholders that repeat the label."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _


class OurWords(forms.Form):
    """Sets labels and help texts by field, and clears what the library put there."""

    labels: dict[str, Any] = {}
    help_texts: dict[str, Any] = {}
    attributes: dict[str, dict[str, str]] = {}
    initials: dict[str, Any] = {}

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.initial = self.initials.get(name, field.initial)
            field.help_text = self.help_texts.get(name, "")
            field.widget.attrs |= self.attributes.get(name, {})


ONE_TIME_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": "", "class": "mj-code"}


class SignInForm(OurWords, account.LoginForm):
    labels = {"login": _("E-mail"), "password": _("Password")}
    attributes = {"login": {"autocomplete": "username"}}


class ConfirmPasswordForm(OurWords, account.ReauthenticateForm):
    labels = {"password": _("Password")}
    attributes = {"password": {"autofocus": ""}}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    help_texts = {"password1": _("At least 10 characters. Three unrelated words are easy to remember.")}


class CodeForm(OurWords, codes.AuthenticateForm):
    labels = {"code": _("Code")}
    help_texts = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}
    attributes = {"code": ONE_TIME_CODE}


class ConfirmCodeForm(OurWords, codes.ReauthenticateForm):
    labels = {"code": _("Code")}
    help_texts = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}
    attributes = {"code": ONE_TIME_CODE}


class ActivateAppForm(OurWords, totp.ActivateTOTPForm):
    labels = {"code": _("Code from the app")}
    attributes = {"code": ONE_TIME_CODE}


class AddPasskeyForm(OurWords, webauthn.AddWebAuthnForm):
    labels = {"name": _("Name"), "passwordless": _("Sign in with it alone, without the password")}
    initials = {"passwordless": True}
    help_texts = {
        "name": _("To tell it from others, such as “My phone”."),
        "passwordless": _("The device then asks for your fingerprint, face or PIN."),
    }


class RenamePasskeyForm(OurWords, webauthn.EditWebAuthnForm):
    labels = {"name": _("Name")}
