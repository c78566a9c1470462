"""Reads for the page of next offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mijoz.customers.models import Profile
from mijoz.scenarios.next_offer.models import QUESTIONS, OfferedService, OfferModel

MODELS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the latest model was on its last period, for one question."""

    customers: int
    ours: float
    ours_low: float
    ours_high: float
    popular: float
    popular_low: float
    popular_high: float
    gain: float
    gain_low: float
    gain_high: float

    @property
    def verdict(self) -> str:
        """better, worse, or open."""
        return "better" if self.gain_low > 0 else "worse" if self.gain_high < 0 else "open"


@dataclass(frozen=True, slots=True)
class State:
    """The latest model with its trials, and the share of buyers whom it covers by their own history."""

    model: OfferModel
    new: Quality | None
    next: Quality | None
    covered: float | None

    @property
    def offers(self) -> str:
        """By what services are offered now: `both`, `new` or `next` where the model leads, `popular` where it does
        nowhere, `untried` where nothing shows it."""
        if self.new is None and self.next is None:
            return "untried"
        leads = self.model.leads
        return "both" if leads == set(QUESTIONS) else next(iter(leads), "popular")


def state() -> State | None:
    """None before the first model."""
    model = OfferModel.objects.first()
    if model is None:
        return None
    buyers = Profile.objects.filter(purchases__gt=0).count()
    trial = model.trial or {}
    return State(
        model=model,
        new=_quality(trial.get("new")),
        next=_quality(trial.get("next")),
        covered=model.suggested / buyers if buyers else None,
    )


def _quality(trial: dict[str, Any] | None) -> Quality | None:
    return Quality(**trial) if trial and trial["customers"] else None


def models() -> list[OfferModel]:
    """The latest models, newest first."""
    return list(OfferModel.objects.all()[:MODELS_SHOWN])


def services(model: OfferModel | None, *, text: str = "") -> list[dict[str, Any]]:
    """The services most bought lately and those of which staff said something, with what holds for each."""
    said = {one.name: one for one in OfferedService.objects.all()}
    popular = model.popular.get("", []) if model else []
    of_one_time = set(model.of_one_time) if model else set()
    names = [*popular, *sorted((set(said) | set(model.names if model else [])) - set(popular))]
    return [
        {
            "name": name,
            "rank": place + 1 if place < len(popular) else None,
            "said": said.get(name),
            "offered": _choice(said, name, "is_offered"),
            "again": _choice(said, name, "may_come_again"),
            "may_come_again": name not in of_one_time,
            "can_be_had": name not in set(model.not_offered if model else []),
        }
        for place, name in enumerate(names)
        if text.casefold() in name.casefold()
    ]


def _choice(said: dict[str, OfferedService], name: str, what: str) -> str:
    value = getattr(said[name], what) if name in said else None
    return "" if value is None else "yes" if value else "no"


def is_learned_after(number: int) -> bool:
    return OfferModel.objects.filter(pk__gt=number).exists()
