"""The form of the account at Eskiz."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.channels.models import ChannelAccount
from mijoz.channels.sms.settings import SENDER, SHARED_SENDER, SmsSettings


class PriceField(forms.DecimalField):
    """A small price, with a comma or a point before its hundredths in any language."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(str(value or "").split()).replace(",", "."))


class SmsForm(forms.Form):
    """`saved` is the account to change, if there is one; its code is never shown, and kept when none is typed."""

    user = forms.EmailField(
        label=gettext_lazy("E-mail at Eskiz"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Secret code"),
        max_length=200,
        required=False,
        validators=[ProhibitNullCharactersValidator()],
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sender = forms.RegexField(
        SENDER,
        label=gettext_lazy("Name of the sender"),
        max_length=11,
        required=False,
        help_text=gettext_lazy("As Eskiz has approved it for you. Without one: 4546, which many share."),
        error_messages={"invalid": gettext_lazy("At most eleven Latin letters and digits.")},
    )
    part_price = PriceField(
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=gettext_lazy("What Eskiz charges you. By it the editor says what a message costs."),
    )
    plain_letters = forms.BooleanField(
        label=gettext_lazy("Write ʻ and ʼ as ', “ ” as \" and — as -"),
        required=False,
        help_text=gettext_lazy(
            "One such letter makes each part of an SMS 70 characters long instead of 160, so it costs twice as much."
        ),
    )
    abroad = forms.BooleanField(
        label=gettext_lazy("Write to numbers of other countries too"),
        required=False,
        help_text=gettext_lazy("Eskiz carries them at other prices, up to a hundred times as high."),
    )

    def __init__(self, given: Any, *, saved: ChannelAccount | None, currency: str) -> None:
        self.saved = saved
        before = SmsSettings.model_validate(saved.settings) if saved else None
        super().__init__(
            given,
            initial={
                "user": before.user if before else "",
                "sender": before.sender if before else "",
                "part_price": f"{before.part_price.normalize():f}" if before and before.part_price is not None else "",
                "plain_letters": before.plain_letters if before else True,
                "abroad": before.abroad if before else False,
            },
        )
        self.fields["part_price"].label = _("Price of one part, %(currency)s") % {"currency": currency}
        self.fields["code"].empty_says_something = True  # type: ignore[attr-defined]
        if saved and saved.sealed_secret:
            self.fields["code"].widget.attrs["placeholder"] = "••••••••"
            self.fields["code"].help_text = _("One is saved. Leave it empty to keep it.")

    def clean_user(self) -> str:
        return str(self.cleaned_data["user"]).lower()

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not code.isascii():
            raise forms.ValidationError(
                _("The code is of Latin letters, digits and signs. Is the keyboard in another language?")
            )
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "code" in cleaned and not cleaned["code"] and "user" in cleaned:
            if not (self.saved and self.saved.sealed_secret):
                self.add_error("code", _("Copy the secret code from your cabinet at Eskiz."))
            elif self.saved.settings.get("user") != cleaned["user"]:
                self.add_error("code", _("Type the code again: the saved one was given for another e-mail."))
        return cleaned

    def settings(self) -> SmsSettings:
        given = self.cleaned_data
        return SmsSettings(
            user=given["user"],
            sender=given["sender"] or SHARED_SENDER,
            part_price=given["part_price"],
            plain_letters=given["plain_letters"],
            abroad=given["abroad"],
        )

    def secret(self) -> str | None:
        """The code to keep from now on; None keeps the saved one."""
        return self.cleaned_data["code"] or None
