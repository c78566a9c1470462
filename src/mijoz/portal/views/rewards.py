"""My points, tier, stamps and codes; and the page to which a friend's link leads."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mijoz.business.queries import business as current_business
from mijoz.business.rights import allow_anyone
from mijoz.customers.models import PortalLink
from mijoz.customers.privacy import links
from mijoz.loyalty import codes
from mijoz.loyalty.actions.referring import code_of
from mijoz.portal.pages import count_try
from mijoz.portal.rewards import invitation, invitation_address, rewards
from mijoz.portal.views.centre import by_link
from mijoz.ui import qr
from mijoz.ui.outside import TooOften, network_of, shown_to_customer


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def mine(request: HttpRequest, link: PortalLink, at: datetime) -> HttpResponse:
    """What the customer has. Pressing “invite a friend” makes their code."""
    business = current_business()
    found = rewards(link.customer, currency=business.currency, at=at)
    shown: dict[str, object] = {
        "business": business,
        "customer": link.customer,
        "token": links.token_of(link),
        "rewards": found,
        "offers": [(one, qr.svg(one.code, _("Code %(code)s") % {"code": one.code})) for one in found.offers],
    }
    if request.method == "POST" and found.brings_friends:
        code = code_of(link.customer, at=at)
        address = invitation_address(code)
        shown |= {
            "code": codes.shown(code),
            "address": address,
            "address_qr": qr.svg(address, _("Link for a friend")),
        }
    return shown_to_customer(request, "portal/rewards.html", shown)


@allow_anyone
@require_safe
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """What a friend gets, and the code to show at the first visit; it tells nobody whose code it is."""
    business = current_business()
    with translation.override(translation.get_language() or business.language), timezone.override(business.zone):
        found = invitation(code, currency=business.currency)
        if found is None:
            try:
                count_try("broken", network_of(request))
            except TooOften:
                return shown_to_customer(request, "portal/often.html", {"business": business}, status=429)
            return shown_to_customer(request, "portal/no_invitation.html", {"business": business}, status=404)
        own, benefit = found
        drawn = qr.svg(own, _("Code %(code)s") % {"code": own})
        shown = {"business": business, "code": own, "benefit": benefit, "qr": drawn}
        return shown_to_customer(request, "portal/invited.html", shown)
