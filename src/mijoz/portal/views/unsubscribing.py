"""The page behind the link of a message: stop marketing, see and change one's consent, choose the language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from mijoz.business.models import Business
from mijoz.business.queries import business as current_business
from mijoz.business.rights import allow_anyone
from mijoz.channels.models import Channel
from mijoz.customers.contacts import masked_email, masked_phone
from mijoz.customers.models import Customer, Purpose
from mijoz.portal import actions, links, queries
from mijoz.portal.links import Link
from mijoz.portal.wording import ONE_CLICK, refusal, words_for
from mijoz.ui.outside import shown_to_customer

LANGUAGES = dict(settings.LANGUAGES)


@csrf_exempt  # whoever has the link may answer, and mail programs post without a cookie (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_anyone
def consent(request: HttpRequest, token: str) -> HttpResponse:
    business = current_business()
    try:
        link = links.read(token)
        customer = Customer.objects.get(pk=link.customer_id)
    except (links.LinkBroken, Customer.DoesNotExist):
        return shown_to_customer(request, "portal/broken.html", {"business": business}, status=404)
    with translation.override(customer.language if customer.language in LANGUAGES else business.language):
        if request.method != "POST":
            return _page(request, customer, link, business)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return _one_click(customer, link)
        _answer(request, customer, link, business)
    return HttpResponseRedirect(request.path, status=303)


def _one_click(customer: Customer, link: Link) -> HttpResponse:
    """What a mail program asks for when somebody presses its own button."""
    actions.answer(customer, Purpose.MARKETING, granted=False, channel=link.channel, proof=ONE_CLICK, at=timezone.now())
    return HttpResponse(_("You get no more offers and news from us."), content_type="text/plain; charset=utf-8")


def _answer(request: HttpRequest, customer: Customer, link: Link, business: Business) -> None:
    """Take what was pressed on the page; anything else changes nothing."""
    language, pressed, asked = (request.POST.get(name, "") for name in ("language", "answer", "purpose"))
    if language in LANGUAGES:
        actions.choose_language(customer, language, at=timezone.now())
    if pressed in {"yes", "no"} and asked in Purpose.values:
        purpose, granted = Purpose(asked), pressed == "yes"
        words = words_for(purpose, business=str(business), channel=link.channel)
        proof = words.agreement if granted else refusal(words)
        actions.answer(customer, purpose, granted=granted, channel=link.channel, proof=proof, at=timezone.now())


def _page(request: HttpRequest, customer: Customer, link: Link, business: Business) -> HttpResponse:
    found = queries.standing(customer, link.channel)
    told = {"business": str(business), "channel": link.channel}
    shown = {
        "business": business,
        "gets": found.marketing is True,
        "stopped": found.marketing is False,
        "words": words_for(Purpose.MARKETING, **told),
        "others": [(purpose, answer, words_for(purpose, **told)) for purpose, answer in found.others],
        "address": masked_phone(customer.phone) if link.channel == Channel.SMS else masked_email(customer.email),
        "languages": settings.LANGUAGES,
    }
    return shown_to_customer(request, "portal/consent.html", shown)
