"""Writing an offer, and making codes for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.loyalty import codes
from mijoz.loyalty.forms.fields import (
    Services,
    add_texts,
    day,
    key_from,
    money,
    need_name,
    plain,
    texts_of,
    whole,
)
from mijoz.loyalty.models import Offer
from mijoz.loyalty.terms import OfferTerms, TermsRefused, offer_terms
from mijoz.segments.queries import segments

BENEFITS = [
    ("percent", gettext_lazy("Percent off")),
    ("amount", gettext_lazy("A sum off")),
    ("gift", gettext_lazy("A gift")),
    ("package", gettext_lazy("Several services at one price")),
]
WHO = [
    ("everybody", gettext_lazy("Everybody")),
    ("segments", gettext_lazy("Customers of segments")),
    ("granted", gettext_lazy("Only by code, or whom a scenario or staff gives it")),
]
STACKING = [
    ("stackable", gettext_lazy("Goes together with others")),
    ("group", gettext_lazy("Of a group only the best counts")),
    ("exclusive", gettext_lazy("Goes with no other offer")),
]


class OfferForm(forms.Form):
    """All of an offer on one page; what belongs to another kind of benefit is hidden by style and left out."""

    benefit = forms.ChoiceField(
        label=gettext_lazy("What it gives"), choices=BENEFITS, widget=forms.RadioSelect, initial="percent"
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    at_most = money(gettext_lazy("At most"))
    amount = money(gettext_lazy("Sum"))
    worth = money(gettext_lazy("What the gift costs you"))
    price = money(gettext_lazy("Price of the package"))
    services = Services(gettext_lazy("For which services"))
    minimum_sum = money(gettext_lazy("From a receipt of"))
    who = forms.ChoiceField(label=gettext_lazy("For whom"), choices=WHO, widget=forms.RadioSelect, initial="everybody")
    segments = forms.MultipleChoiceField(
        label=gettext_lazy("Segments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    starts_on = day(gettext_lazy("First day"))
    ends_on = day(gettext_lazy("Last day"))
    stacking = forms.ChoiceField(
        label=gettext_lazy("Beside other offers"), choices=STACKING, widget=forms.RadioSelect, initial="stackable"
    )
    group = forms.CharField(label=gettext_lazy("Name of the group"), max_length=40, required=False)
    per_customer = whole(gettext_lazy("Times for one customer"), most=10_000)
    per_days = whole(gettext_lazy("within so many days"), most=3650)
    valid_days = whole(gettext_lazy("Days that a code holds once it is given"), most=3650)
    budget_uses = whole(gettext_lazy("Times in all"))
    budget_sum = money(gettext_lazy("Money in all"), least=1)

    def __init__(self, posted: Any = None, *, offer: Offer | None = None) -> None:
        super().__init__(posted, initial=_initial(offer) if offer else None)
        self.offer = offer
        add_texts(self, "names", written=offer.names if offer else {}, longest=60)
        add_texts(self, "conditions", written=offer.conditions if offer else {}, longest=600, rows=2)
        gifts = offer.terms["benefit"].get("gifts", {}) if offer else {}
        add_texts(self, "gifts", written=gifts, longest=60)
        chosen = self.fields["segments"]
        chosen.choices = [(one.key, one.name) for one in segments()]  # type: ignore[attr-defined]
        for name in ("benefit", "who", "stacking", "percent", "amount", "price", "segments", "group"):
            self.fields[name].empty_says_something = True  # type: ignore[attr-defined]

    def named(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def names(self) -> list[forms.BoundField]:
        return self.named("names_uz", "names_ru", "names_en")

    @property
    def conditions(self) -> list[forms.BoundField]:
        return self.named("conditions_uz", "conditions_ru", "conditions_en")

    @property
    def gifts(self) -> list[forms.BoundField]:
        return self.named("gifts_uz", "gifts_ru", "gifts_en")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        need_name(self, "names")
        needed = {"percent": "percent", "amount": "amount", "package": "price"}.get(told.get("benefit", ""))
        if needed and not self.errors.get(needed) and not told.get(needed):
            self.add_error(needed, _("Write more than nothing."))
        if told.get("benefit") == "gift":
            need_name(self, "gifts")
        if told.get("benefit") == "package" and len(told.get("services") or []) < 2:
            self.add_error("services", _("A package has two services or more."))
        if told.get("who") == "segments" and not told.get("segments"):
            self.add_error("segments", _("Choose one at least."))
        if told.get("stacking") == "group" and not told.get("group"):
            self.add_error("group", _("Give the group a name, such as “spring”."))
        if told.get("starts_on") and told.get("ends_on") and told["ends_on"] < told["starts_on"]:
            self.add_error("ends_on", _("The last day is before the first one."))
        if told.get("per_days") and not told.get("per_customer"):
            self.add_error("per_customer", _("How many times within these days?"))
        if not self.errors:
            self._check_terms()
        return told

    def _check_terms(self) -> None:
        try:
            self.terms()
        except TermsRefused as refused:
            self.add_error(None, str(refused))

    def terms(self) -> OfferTerms:
        """Raises TermsRefused."""
        told = self.cleaned_data
        kind = told["benefit"]
        parts: dict[str, dict[str, Any]] = {
            "percent": {"percent": told["percent"], "at_most": told["at_most"] or None},
            "amount": {"amount": told["amount"]},
            "gift": {"gifts": texts_of(self, "gifts"), "worth": told["worth"] or 0},
            "package": {"price": told["price"]},
        }
        return offer_terms(
            {
                "benefit": {"kind": kind, **parts[kind]},
                "services": told["services"],
                "minimum_sum": told["minimum_sum"],
                "who": told["who"],
                "segments": told["segments"] if told["who"] == "segments" else [],
                "starts_on": told["starts_on"],
                "ends_on": told["ends_on"],
                "stacking": told["stacking"],
                "group": told["group"] if told["stacking"] == "group" else "",
                "per_customer": told["per_customer"],
                "per_days": told["per_days"],
                "valid_days": told["valid_days"],
            }
        )

    def told(self) -> dict[str, Any]:
        """What `actions.write_offer` takes."""
        return {
            "terms": self.terms(),
            "names": texts_of(self, "names"),
            "conditions": texts_of(self, "conditions"),
            "budget_uses": self.cleaned_data["budget_uses"],
            "budget_sum": self.cleaned_data["budget_sum"],
        }

    def key(self) -> str:
        base = key_from(texts_of(self, "names"), fallback="offer")
        taken = set(Offer.objects.filter(key__startswith=base).values_list("key", flat=True))
        return next(key for key in [base, *(f"{base}_{n}" for n in range(2, 999))] if key not in taken | RESERVED)


RESERVED = {"new", "till"}


class CodesForm(forms.Form):
    """Codes for one use each."""

    count = whole(gettext_lazy("How many codes"), most=100_000, required=True)
    origin = forms.CharField(
        label=gettext_lazy("What they are for"), max_length=60, help_text=gettext_lazy("Such as: leaflets in May.")
    )
    until = day(gettext_lazy("Good until"))


class SharedCodeForm(forms.Form):
    """One word for many."""

    word = forms.CharField(
        label=gettext_lazy("Code"), max_length=30, help_text=gettext_lazy("A word that is easy to say, such as NAVRUZ.")
    )
    uses_allowed = whole(gettext_lazy("Times it may be used"))
    shared_until = day(gettext_lazy("Good until"))

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if len(codes.fold(word)) < 3:
            raise forms.ValidationError(_("Three letters or digits at least."))
        return word


class GiveForm(forms.Form):
    """The offer for everybody in a segment, each with a code of their own."""

    segment = forms.ChoiceField(label=gettext_lazy("Customers of the segment"))
    give_until = day(gettext_lazy("Good until"))

    def __init__(self, posted: Any = None) -> None:
        super().__init__(posted)
        self.fields["segment"].choices = [(one.key, one.name) for one in segments()]  # type: ignore[attr-defined]


def _initial(offer: Offer) -> dict[str, Any]:
    terms = offer_terms(offer.terms)
    told = terms.model_dump(exclude={"benefit"})
    part = terms.benefit.model_dump(exclude={"kind", "gifts"})
    return (
        told
        | part
        | {
            "benefit": terms.benefit.kind,
            "budget_uses": offer.budget_uses,
            "budget_sum": plain(offer.budget_sum),
        }
    )
