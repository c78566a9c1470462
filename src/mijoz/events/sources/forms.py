"""What is asked of whoever adds a source or a key."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mijoz.events.ingest import keys
from mijoz.events.models import Source, Webhook
from mijoz.events.sources import origins

ADDED_BY_HAND = {
    Source.Kind.API: _("A program sends by our API or by one of its libraries: a shop, an app, a booking system."),
    Source.Kind.SITE: _("Visitors' browsers send, by a short script on the pages."),
    Source.Kind.WEBHOOK: _("A till, an ERP, a call centre or a marketplace calls us in its own format."),
}
SHORTEST_SECRET = 12
CALLS = {
    "identify": _("say who a customer is"),
    "track": _("say what a customer did"),
    "page": _("pages seen"),
    "screen": _("screens of an app seen"),
    "group": _("which company a customer belongs to"),
    "alias": _("that two identifiers are one customer's"),
}


class OriginsField(forms.CharField):
    """Addresses of a site, one a line; its value is the list of origins."""

    widget = forms.Textarea(attrs={"rows": 2, "placeholder": "https://shop.uz", "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        try:
            return origins.clean(super().clean(value))
        except origins.OriginRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class SourceForm(forms.Form):
    name = forms.SlugField(
        label=pgettext_lazy("source", "Name"),
        max_length=60,
        help_text=_("Letters a to z, digits, - and _, such as till-chilanzar or web-shop. It stays as it is for good."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"invalid": _("A name has only letters a to z, digits, - and _, such as web-shop.")},
    )
    kind = forms.ChoiceField(
        label=_("What sends"),
        choices=[(kind.value, kind.label) for kind in ADDED_BY_HAND],
        widget=forms.RadioSelect,
        initial=Source.Kind.API,
    )
    origins = OriginsField(
        label=_("Addresses of the site"),
        required=False,
        help_text=_("For a web site: browsers may send only from pages of these addresses. One a line."),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = Source.objects.filter(name=name).first()
        if taken and (taken.kind != Source.Kind.FILE or taken.write_keys.exists()):
            raise forms.ValidationError(_("There is a source of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Source.Kind.SITE and not cleaned.get("origins") and "origins" not in self.errors:
            self.add_error("origins", _("Say on which site the script will be, such as https://shop.uz."))
        return cleaned


class OriginsForm(forms.Form):
    origins = OriginsField(
        label=_("Addresses of the site"),
        help_text=_("Browsers may send only from pages of these addresses. One a line."),
    )


class CheckForm(forms.Form):
    way = forms.ChoiceField(label=_("How calls are checked"), choices=Webhook.Signature.choices)
    header = forms.RegexField(
        r"^[A-Za-z0-9-]{1,80}$",
        label=_("Name of the header"),
        required=False,
        help_text=_("That carries the signature or the secret, such as X-Signature."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"invalid": _("A header has only letters, digits and -, such as X-Signature.")},
    )
    encoding = forms.ChoiceField(label=_("How the signature is written"), choices=Webhook.Encoding.choices)
    secret = forms.CharField(
        label=_("Secret of the sender"),
        required=False,
        max_length=400,
        help_text=_("If the other system has made one itself. Else leave it empty, and Mijoz makes a new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_secret(self) -> str:
        secret = str(self.cleaned_data.get("secret") or "")
        if secret and len(secret) < SHORTEST_SECRET:
            raise forms.ValidationError(_("A secret has at least 12 characters."))
        return secret

    def clean(self) -> dict[str, Any]:
        """A secret in an address is as long as those that are left out of the log (business.logs)."""
        cleaned = super().clean() or {}
        secret = cleaned.get("secret")
        if (
            secret
            and cleaned.get("way") == Webhook.Signature.ADDRESS
            and not re.fullmatch(r"[\w~-]{24,}", secret, re.A)
        ):
            self.add_error("secret", _("In an address a secret has at least 24 letters, digits, - or _."))
        return cleaned


class KeyForm(forms.Form):
    calls = forms.MultipleChoiceField(
        label=_("What the key may send"),
        choices=[(call, f"{call}") for call in keys.CALLS],
        widget=forms.CheckboxSelectMultiple,
        initial=list(keys.CALLS),
        error_messages={"required": _("Tick at least one.")},
    )
