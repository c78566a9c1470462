"""Writing a programme: a form for each kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mijoz.customers.wording import PRIORITIES
from mijoz.loyalty.forms.fields import NumberInput, Services, add_texts, key_from, money, need_name, texts_of, whole
from mijoz.loyalty.models import Offer, Programme
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.queries import tiers
from mijoz.loyalty.terms import ProgrammeTerms, TermsRefused, programme_terms
from mijoz.segments.queries import segments

MOST_TIERS = 5
MEASURES = [
    ("revenue", gettext_lazy("Money spent")),
    ("visits", gettext_lazy("Purchases")),
    ("points", gettext_lazy("Points earned")),
]
PER = [("visit", gettext_lazy("Each visit")), ("unit", gettext_lazy("Each service on the receipt"))]


class ProgrammeForm(forms.Form):
    """Names, and below what the kind asks for."""

    kind = ""

    def __init__(self, posted: Any = None, *, programme: Programme | None = None) -> None:
        super().__init__(posted, initial=self.values_of(programme) if programme else None)
        self.programme = programme
        add_texts(self, "names", written=programme.names if programme else {}, longest=60)
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the data."""

    def values_of(self, programme: Programme) -> dict[str, Any]:
        return dict(programme.terms)

    @property
    def names(self) -> list[forms.BoundField]:
        return [self[f"names_{code}"] for code in ("uz", "ru", "en")]

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields besides names."""
        return [field for field in self if not field.name.startswith("names_")]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        need_name(self, "names")
        if not self.errors:
            try:
                self.terms()
            except TermsRefused as refused:
                self.add_error(None, "; ".join(what for _where, what in refused.problems))
        return told

    def document(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("names_")}

    def terms(self) -> ProgrammeTerms:
        """Raises TermsRefused."""
        return programme_terms({"kind": self.kind, **self.document()})

    def told(self) -> dict[str, Any]:
        return {"terms": self.terms(), "names": texts_of(self, "names")}

    def key(self) -> str:
        base = key_from(texts_of(self, "names"), fallback=self.kind)
        taken = set(Programme.objects.filter(key__startswith=base).values_list("key", flat=True)) | {"ready", "new"}
        return next(key for key in [base, *(f"{base}_{n}" for n in range(2, 999))] if key not in taken)


class PointsForm(ProgrammeForm):
    kind = "points"

    per_sum = money(gettext_lazy("For each full"), least=0)
    points = whole(gettext_lazy("so many points"), required=True, most=1_000_000)
    per_visit = whole(gettext_lazy("and for each visit"), least=0, most=1_000_000)
    value = forms.DecimalField(
        label=gettext_lazy("What one point pays"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=NumberInput("decimal"),
    )
    minimum_redeem = whole(gettext_lazy("Points can be used from"), required=True)
    most_percent = whole(gettext_lazy("Percent of a receipt that points may pay"), most=100, required=True)
    expires_after_months = whole(gettext_lazy("Points expire after so many months"), most=120)
    excluded = Services(gettext_lazy("Services that earn nothing"))
    staff_limit = whole(gettext_lazy("Points that front office may give or take at once"), least=0, required=True)

    def prepare(self) -> None:
        written = self.programme.terms.get("segment_factors", {}) if self.programme else {}
        self.factors = {}
        for one in segments():
            name = f"factor_{one.key}"
            self.factors[name] = one.key
            self.fields[name] = forms.DecimalField(
                label=_("Points of “%(segment)s” times") % {"segment": one.name},
                min_value=Decimal("0.1"),
                max_value=100,
                max_digits=5,
                decimal_places=2,
                required=False,
                initial=written.get(one.key),
                widget=NumberInput("decimal"),
            )
        told = self.programme.terms.get("tier_factors", {}) if self.programme else {}
        self.tier_factors = {}
        for key, label in tiers():
            name = f"tierfactor_{key}"
            self.tier_factors[name] = key
            self.fields[name] = forms.DecimalField(
                label=_("Points in the tier “%(tier)s” times") % {"tier": label},
                min_value=Decimal("0.1"),
                max_value=100,
                max_digits=5,
                decimal_places=2,
                required=False,
                initial=told.get(key),
                widget=NumberInput("decimal"),
            )
        self.fields["per_sum"].empty_says_something = True  # type: ignore[attr-defined]

    def values_of(self, programme: Programme) -> dict[str, Any]:
        return super().values_of(programme) | {"most_percent": int(Decimal(programme.terms["most_share"]) * 100)}

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if not told.get("per_sum") and not told.get("per_visit"):
            self.add_error("per_sum", _("Points are given for money, for visits, or for both."))
        return told

    def document(self) -> dict[str, Any]:
        told = super().document()
        factors = {key: told.pop(name) for name, key in self.factors.items()}
        of_tiers = {key: told.pop(name) for name, key in self.tier_factors.items()}
        kept = self.programme.terms.get("tier_factors", {}) if self.programme else {}
        others = {key: factor for key, factor in kept.items() if key not in of_tiers}  # of tiers that do not run now
        return told | {
            "per_sum": told["per_sum"] or None,
            "per_visit": told["per_visit"] or 0,
            "most_share": Decimal(told.pop("most_percent")) / 100,
            "segment_factors": {key: factor for key, factor in factors.items() if factor},
            "tier_factors": others | {key: factor for key, factor in of_tiers.items() if factor},
        }


def offer_choices(*, empty: bool) -> list[tuple[str, str]]:
    found = [(one.key, one.name) for one in Offer.objects.exclude(state=State.ENDED)]
    return [("", _("none") if empty else _("Choose an offer")), *found]


class StampsForm(ProgrammeForm):
    kind = "stamps"

    needed = forms.IntegerField(
        label=gettext_lazy("Stamps on a full card"), min_value=2, max_value=100, widget=NumberInput()
    )
    per = forms.ChoiceField(label=gettext_lazy("A stamp for"), choices=PER)
    services = Services(gettext_lazy("For which services"))
    offer = forms.ChoiceField(label=gettext_lazy("What a full card gives"))
    expires_after_months = whole(gettext_lazy("Stamps expire after so many months"), most=120)

    def prepare(self) -> None:
        self.fields["offer"].choices = offer_choices(empty=False)  # type: ignore[attr-defined]


class TiersForm(ProgrammeForm):
    """Up to five tiers, from the lowest; a row without a sum is none."""

    kind = "tiers"

    measure = forms.ChoiceField(label=gettext_lazy("Counted by"), choices=MEASURES)
    window_months = whole(gettext_lazy("of the last so many months"), most=60, required=True)
    grace_days = whole(
        gettext_lazy("Who falls below keeps the tier for so many days"), least=0, most=730, required=True
    )

    def prepare(self) -> None:
        written = self.programme.terms["tiers"] if self.programme else []
        for place in range(MOST_TIERS):
            tier = written[place] if place < len(written) else {}
            self._add(place, tier)

    def _add(self, place: int, tier: dict[str, Any]) -> None:
        for code, language in (("uz", "Oʻzbekcha"), ("ru", "Русский"), ("en", "English")):
            self.fields[f"tier_{place}_{code}"] = forms.CharField(
                label=language, max_length=40, required=False, initial=tier.get("names", {}).get(code, "")
            )
        self.fields[f"tier_{place}_threshold"] = money(_("From"), initial=tier.get("threshold"))
        self.fields[f"tier_{place}_priority"] = forms.TypedChoiceField(
            label=_("Priority in the queue"),
            choices=list(PRIORITIES.items()),
            coerce=int,
            required=False,
            initial=tier.get("priority", 0),
        )
        self.fields[f"tier_{place}_script"] = forms.CharField(
            label=_("Script for staff"), max_length=400, required=False, initial=tier.get("script", "")
        )
        self.fields[f"tier_{place}_offer"] = forms.ChoiceField(
            label=_("Given on reaching it"),
            choices=offer_choices(empty=True),
            required=False,
            initial=tier.get("offer", ""),
        )
        for part in ("uz", "ru", "en", "threshold", "priority", "script", "offer"):
            self.fields[f"tier_{place}_{part}"].empty_says_something = True  # type: ignore[attr-defined]

    @property
    def asked(self) -> list[forms.BoundField]:
        return [field for field in super().asked if not field.name.startswith("tier_")]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        parts = ("uz", "ru", "en", "threshold", "priority", "script", "offer")
        return [[self[f"tier_{place}_{part}"] for part in parts] for place in range(MOST_TIERS)]

    def document(self) -> dict[str, Any]:
        told = super().document()
        kept = self.programme.terms["tiers"] if self.programme else []
        tiers = []
        for place in range(MOST_TIERS):
            row = {name: told.pop(f"tier_{place}_{name}", None) for name in self._parts}
            names = {code: row[code] for code in ("uz", "ru", "en") if row[code]}
            if row["threshold"] is None or not names:
                continue
            known = kept[place] if place < len(kept) else {}
            tiers.append(
                {
                    "key": known.get("key") or key_from(names, fallback=f"tier_{place + 1}"),
                    "names": names,
                    "threshold": row["threshold"],
                    "priority": row["priority"] or 0,
                    "script": row["script"] or "",
                    "package": known.get("package", "value_adding"),
                    "offer": row["offer"] or "",
                }
            )
        return told | {"tiers": tiers}

    _parts = ("uz", "ru", "en", "threshold", "priority", "script", "offer")

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        sums = [told.get(f"tier_{place}_threshold") for place in range(MOST_TIERS)]
        for place, total in enumerate(sums):
            named = any(told.get(f"tier_{place}_{code}") for code in ("uz", "ru", "en"))
            if total is not None and not named:
                self.add_error(f"tier_{place}_uz", _("Give the tier a name."))
            if named and total is None and not self.errors.get(f"tier_{place}_threshold"):
                self.add_error(f"tier_{place}_threshold", _("From which sum on?"))
        return told


class ReferralForm(ProgrammeForm):
    kind = "referral"

    offer_for_friend = forms.ChoiceField(label=gettext_lazy("The friend gets"))
    offer_for_referrer = forms.ChoiceField(label=gettext_lazy("Who brought them gets"))
    minimum_sum = money(gettext_lazy("First purchase of the friend at least"))
    a_month = whole(gettext_lazy("Rewards for one customer a month, at most"), most=1000, required=True)

    def prepare(self) -> None:
        for name in ("offer_for_friend", "offer_for_referrer"):
            self.fields[name].choices = offer_choices(empty=False)  # type: ignore[attr-defined]

    def document(self) -> dict[str, Any]:
        told = super().document()
        return told | {"minimum_sum": told["minimum_sum"] or 0}


FORMS: dict[str, type[ProgrammeForm]] = {form.kind: form for form in (PointsForm, StampsForm, TiersForm, ReferralForm)}


class AdjustForm(forms.Form):
    """Points that staff give or take."""

    points = forms.IntegerField(
        label=gettext_lazy("Points, with a minus to take"), min_value=-1_000_000_000, max_value=1_000_000_000
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200)


class FriendForm(forms.Form):
    """By whose code a customer came."""

    code = forms.CharField(label=gettext_lazy("Code of the friend"), max_length=60)
