"""The form of the mail server."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.channels.email.settings import EmailSettings
from mijoz.channels.models import ChannelAccount

HOST_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
OWN = "own"
one_line = RegexValidator(r"[\r\n]", _("This must be one line."), inverse_match=True)


@dataclass(frozen=True, slots=True)
class Provider:
    """A well-known mail provider: how to reach it, and where it gives the password."""

    name: str | Promise
    host: str
    port: int
    security: str
    note: str | Promise


PROVIDERS = {
    "gmail": Provider(
        "Gmail",
        "smtp.gmail.com",
        587,
        "starttls",
        _(
            "Google wants an app password of 16 letters: in the Google account turn on 2-Step Verification, then look "
            "for “App passwords”. Up to 500 people a day."
        ),
    ),
    "mailru": Provider(
        "Mail.ru",
        "smtp.mail.ru",
        465,
        "ssl",
        _("Mail.ru wants a password made for programs: Mail.ru account, Security, “Passwords for external apps”."),
    ),
    "yandex": Provider(
        "Yandex",
        "smtp.yandex.ru",
        465,
        "ssl",
        _(
            "Yandex wants an app password (Yandex ID, Security, App passwords, Mail) and mail programs allowed in the "
            "settings of Yandex Mail."
        ),
    ),
    "zoho": Provider(
        "Zoho Mail",
        "smtp.zoho.com",
        465,
        "ssl",
        _("With two-factor sign-in Zoho wants an app password: Zoho account, Security, App passwords."),
    ),
    OWN: Provider(
        _("Another mail server"),
        "",
        587,
        "starttls",
        _("Whoever runs the mail of your domain knows these. Port 587 goes with STARTTLS, port 465 with SSL/TLS."),
    ),
}
SECURITIES = [
    ("starttls", _("STARTTLS (port 587)")),
    ("ssl", _("SSL/TLS (port 465)")),
    ("none", _("None (on this machine)")),
]


def provider_of(host: str) -> str:
    """The key of the provider whose server this is."""
    return next((key for key, provider in PROVIDERS.items() if provider.host == host), OWN)


class MailServerForm(forms.Form):
    """`saved` is the account to change, if there is one; its password is never shown, and kept when none is typed."""

    from_name = forms.CharField(label=_("Name of the sender"), max_length=100, required=False, validators=[one_line])
    from_address = forms.EmailField(label=_("E-mail of the sender"), max_length=254)
    provider = forms.ChoiceField(
        label=_("Mail provider"),
        choices=lambda: [(key, provider.name) for key, provider in PROVIDERS.items()],
    )
    host = forms.CharField(label=_("Server"), max_length=253)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, localize=False)
    security = forms.ChoiceField(label=_("Security"), choices=SECURITIES)
    user = forms.CharField(
        label=_("User name"),
        max_length=254,
        required=False,
        help_text=_("Mostly the e-mail address. Empty for a server that asks for none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        required=False,
        strip=False,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *arguments: Any, saved: ChannelAccount | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.saved = saved
        if saved and saved.sealed_secret:
            self.fields["password"].widget.attrs["placeholder"] = "••••••••"
            self.fields["password"].help_text = _("One is saved. Leave it empty to keep it.")

    @staticmethod
    def values_of(saved: ChannelAccount | None, *, business_name: str) -> dict[str, Any]:
        """What the form shows at first."""
        if saved is None:
            first = PROVIDERS["gmail"]
            return {
                "provider": "gmail",
                "from_name": business_name,
                "host": first.host,
                "port": first.port,
                "security": first.security,
            }
        return saved.settings | {"provider": provider_of(saved.settings.get("host", ""))}

    def clean_host(self) -> str:
        return server_name(str(self.cleaned_data["host"]))

    def clean_password(self) -> str:
        password = in_latin_letters(str(self.cleaned_data["password"]))
        # Google shows its app passwords in four groups; they work without the spaces.
        return password.replace(" ", "") if self.cleaned_data.get("host") == PROVIDERS["gmail"].host else password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if provider_of(cleaned.get("host", "")) != OWN and not cleaned.get("user"):
            cleaned["user"] = cleaned.get("from_address", "")
        if cleaned.get("user") and not cleaned.get("password") and not self.errors:
            if not (self.saved and self.saved.sealed_secret):
                self.add_error("password", _("Type the password that goes with the user name."))
            elif self._goes_elsewhere(cleaned):
                self.add_error(
                    "password",
                    _("Type the password again: the saved one was given for another server, user name or security."),
                )
        return cleaned

    def _goes_elsewhere(self, cleaned: dict[str, Any]) -> bool:
        """Whether the saved password would be shown to somebody to whom it was not given."""
        before = self.saved.settings if self.saved else {}
        return any(before.get(name) != cleaned.get(name) for name in ("host", "port", "security", "user"))

    def settings(self) -> EmailSettings:
        return EmailSettings(**{name: self.cleaned_data[name] for name in EmailSettings.model_fields})

    def secret(self) -> str | None:
        """The password to keep from now on; None keeps the saved one."""
        if not self.cleaned_data["user"]:
            return ""
        return self.cleaned_data["password"] or None


def server_name(host: str) -> str:
    """The name or number of a server as it was typed. Raises ValidationError when it is neither."""
    host = host.rstrip(".").lower()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.encode("idna").decode().split(".") if _is_idna(host) else [""]
        if not all(HOST_LABEL.fullmatch(label) for label in labels):
            raise forms.ValidationError(
                _("Only the name of the server, such as smtp.example.uz: no https://, no spaces, no port.")
            ) from None
    return host


def in_latin_letters(password: str) -> str:
    """The password as it was typed. Raises ValidationError for one that no mail server takes."""
    if not password.isascii():
        raise forms.ValidationError(
            _("Mail servers take only Latin letters, digits and signs. Is the keyboard in another language?")
        )
    return password


def _is_idna(host: str) -> bool:
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
