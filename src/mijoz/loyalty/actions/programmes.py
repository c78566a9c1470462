"""Writing programmes: each change of the terms is a version, and counting begins when one is started."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from mijoz.business.models import StaffMember
from mijoz.loyalty.actions.offers import write_offer
from mijoz.loyalty.models import Offer, Programme, ProgrammeVersion
from mijoz.loyalty.models.offers import State
from mijoz.loyalty.ready import Ready
from mijoz.loyalty.terms import ProgrammeTerms, Texts, as_json, offer_terms, offers_of, programme_terms


class ProgrammeRefused(ValueError):
    """It cannot be so; `reason` is "another_is_live", "key_taken" or "ended"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write_programme(
    key: str, *, terms: ProgrammeTerms, names: Texts, is_new: bool, by: StaffMember | None, at: datetime
) -> Programme:
    """Make a programme as a draft, or let these terms be in force for it. Raises ProgrammeRefused."""
    document = as_json(terms)
    with transaction.atomic():
        programme = Programme.objects.select_for_update(no_key=True).filter(key=key).first()
        if is_new and programme is not None:
            raise ProgrammeRefused("key_taken")
        if programme is None:
            programme = Programme.objects.create(key=key, kind=terms.kind, names=names, terms=document)
        elif programme.terms == document and programme.names == names:
            return programme
        else:
            programme.number += 1
            programme.terms, programme.names = document, names
            programme.save(update_fields=["number", "terms", "names"])
        ProgrammeVersion.objects.create(
            programme=programme, number=programme.number, names=names, terms=document, written_by=by, written_at=at
        )
    return programme


def take_ready(chosen: Sequence[Ready], *, by: StaffMember | None, at: datetime) -> list[Programme]:
    """Make these as drafts with the offers that they give; what is here already stays as it is.

    Returns the programmes that are new.
    """
    made = []
    with transaction.atomic():
        for one in chosen:
            for offer in one.offers:
                if not Offer.objects.filter(key=offer.key).exists():
                    write_offer(
                        offer.key,
                        terms=offer_terms(offer.terms),
                        names=offer.names,
                        conditions=offer.conditions,
                        is_new=True,
                        by=by,
                        at=at,
                    )
            if not Programme.objects.filter(key=one.key).exists():
                terms = programme_terms(one.terms)
                made.append(write_programme(one.key, terms=terms, names=one.names, is_new=True, by=by, at=at))
    return made


def start_offers_of(programme: Programme) -> int:
    """Let the offers that the programme gives run, where they are drafts; returns how many began."""
    keys = offers_of(programme_terms(programme.terms))
    return Offer.objects.filter(key__in=keys, state=State.DRAFT).update(state=State.LIVE)


def set_programme_state(programme: Programme, state: str, *, at: datetime) -> None:
    """Start, pause or end a programme. What is bought from its first start on counts. Raises ProgrammeRefused."""
    if programme.state == State.ENDED:
        raise ProgrammeRefused("ended")
    programme.state = state
    if state == State.LIVE and programme.starts_at is None:
        programme.starts_at = at
    try:
        with transaction.atomic():
            programme.save(update_fields=["state", "starts_at"])
            if state == State.LIVE:
                start_offers_of(programme)
    except IntegrityError as error:
        programme.refresh_from_db()
        raise ProgrammeRefused("another_is_live") from error
