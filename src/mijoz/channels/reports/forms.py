"""How we learn what becomes of mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.channels.forms import in_latin_letters, server_name
from mijoz.channels.models import ChannelAccount
from mijoz.channels.reports import actions
from mijoz.channels.reports.providers import PROVIDERS, verification_key
from mijoz.channels.reports.settings import FOLDER, Mailbox, ReportSettings

COPIED = tuple(key for key, one in PROVIDERS.items() if not one.makes)


class ReportsForm(forms.Form):
    """`account` is the one whose mail it is about; its secrets are never shown, and kept when none is typed."""

    by = forms.ChoiceField(label=gettext_lazy("Who tells us"), required=False)
    reports_secret = forms.CharField(
        label=gettext_lazy("Key of the provider"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy(
            "Mailgun: the “HTTP webhook signing key”. SendGrid: the “verification key” of the signed event webhook."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    mailbox_host = forms.CharField(label=gettext_lazy("Server (IMAP)"), max_length=253, required=False)
    mailbox_port = forms.IntegerField(
        label=gettext_lazy("Port"), min_value=1, max_value=65_535, required=False, localize=False
    )
    mailbox_user = forms.CharField(
        label=gettext_lazy("User name"), max_length=254, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    mailbox_password = forms.CharField(
        label=gettext_lazy("Password"), max_length=1_000, required=False, strip=False,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    mailbox_folder = forms.RegexField(FOLDER, label=gettext_lazy("Folder"), max_length=100, required=False)

    def __init__(self, given: Any, *, account: ChannelAccount, chosen: str | None = None) -> None:
        self.account, self.saved = account, actions.settings_of(account)
        box = self.saved.mailbox
        super().__init__(
            given,
            initial={
                "by": self.saved.by if chosen is None else chosen,
                "mailbox_host": box.host if box else "",
                "mailbox_port": box.port if box else 993,
                "mailbox_user": box.user if box else account.settings.get("user", ""),
                "mailbox_folder": box.folder if box else "INBOX",
            },
        )
        for field in self.fields.values():  # what has to be filled in follows from who tells us
            field.empty_says_something = True  # type: ignore[attr-defined]
        self.fields["by"].choices = [  # type: ignore[attr-defined]
            ("", _("nobody: we know only that the mail server took it")),
            ("mailbox", _("the mailbox to which mail comes back (IMAP)")),
            *((key, one.name) for key, one in PROVIDERS.items()),
        ]

    @property
    def chosen(self) -> str:
        return str(self["by"].value() or "")

    @property
    def wants_key(self) -> bool:
        return self.chosen in COPIED

    def clean_mailbox_host(self) -> str:
        host = str(self.cleaned_data["mailbox_host"])
        return server_name(host) if host else ""

    def clean_mailbox_password(self) -> str:
        return in_latin_letters(str(self.cleaned_data["mailbox_password"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        by = cleaned.get("by", "")
        keeps = self.saved.by == by and bool(self.account.sealed_reports_secret)
        if by in COPIED and not cleaned.get("reports_secret") and not keeps:
            self.add_error("reports_secret", _("Copy the key from the pages of the provider: no call counts without."))
        if by == "sendgrid" and cleaned.get("reports_secret"):
            try:
                verification_key(cleaned["reports_secret"])
            except ValueError:
                self.add_error("reports_secret", _("This is not the verification key that SendGrid shows."))
        if by == "mailbox":
            for name in ("mailbox_host", "mailbox_user"):
                if not cleaned.get(name) and not self.has_error(name):
                    self.add_error(name, _("This is needed to look into the mailbox."))
            if not cleaned.get("mailbox_password") and not (keeps and self._goes_to_the_same(cleaned)):
                self.add_error("mailbox_password", _("Type the password that goes with the user name."))
        return cleaned

    def _goes_to_the_same(self, cleaned: dict[str, Any]) -> bool:
        """Whether the saved password would be shown only to whom it was given."""
        box = self.saved.mailbox
        given = (cleaned.get("mailbox_host"), cleaned.get("mailbox_port") or 993, cleaned.get("mailbox_user"))
        return box is not None and (box.host, box.port, box.user) == given

    def settings(self) -> ReportSettings:
        given = self.cleaned_data
        box = None
        if given["by"] == "mailbox":
            box = Mailbox(
                host=given["mailbox_host"],
                port=given["mailbox_port"] or 993,
                user=given["mailbox_user"],
                folder=given["mailbox_folder"] or "INBOX",
            )
        return ReportSettings(by=given["by"], mailbox=box)

    def secret(self) -> str:
        """What was typed; "" keeps the one we have."""
        return str(self.cleaned_data["mailbox_password" if self.cleaned_data["by"] == "mailbox" else "reports_secret"])
