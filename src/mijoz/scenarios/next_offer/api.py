"""Next offers for tills and web shops: what to offer a customer now, and why."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone, translation
from ninja import Path, Query, Router, Schema
from pydantic import Field

from mijoz.business.programs import ApiRequest, needs
from mijoz.business.queries import business
from mijoz.customers.models import Customer
from mijoz.customers.queries import root_of
from mijoz.scenarios.next_offer.suggesting import offers_for

router = Router(tags=["Offers"])

CustomerNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
Top = Annotated[int, Query(ge=1, le=10, description="So many at most.")]


class NextOfferOut(Schema):
    service: str
    personal: bool = Field(description="By what this customer took; else it is popular.")
    because: list[str] = Field(description="Services taken that speak for it.")
    why: str = Field(description="In the customer's language.")


class NextOffersOut(Schema):
    customer: int
    offers: list[NextOfferOut]


@router.get(
    "/customers/{number}/next-offers", response=NextOffersOut, auth=needs("offers:read"), url_name="next_offers"
)
def next_offers(request: ApiRequest, number: CustomerNumber, top: Top = 3) -> dict[str, Any]:
    """The services to offer this customer now, best first. Nothing they refused lately, nothing that cannot be had;
    who objects to profiling gets what is popular with everybody. Empty before the first model is learned."""
    customer = Customer.objects.filter(pk=root_of([number]).get(number, 0), erased_at=None).first()
    if customer is None:
        raise Http404
    found = offers_for([customer.pk], timezone.now(), top=top)[customer.pk]
    with translation.override(customer.language or business().language):
        return {
            "customer": customer.pk,
            "offers": [
                {
                    "service": one.service,
                    "personal": one.is_personal,
                    "because": list(one.because),
                    "why": one.sentence(),
                }
                for one in found
            ],
        }
