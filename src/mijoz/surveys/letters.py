"""The message that asks: a line, and the answers to the first question as links, so that one touch is enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from mijoz.business.models import Business
from mijoz.channels.models import WITH_SUBJECT
from mijoz.channels.outbox import NewMessage
from mijoz.customers.models import LANGUAGES, Customer
from mijoz.surveys import links
from mijoz.surveys.definition import Definition, Scale
from mijoz.surveys.models import Invitation, Survey

BUTTON = (
    '<a href="{address}" style="display:inline-block;min-width:28px;margin:0 6px 6px 0;padding:10px 6px;'
    "border:1px solid #0f766e;border-radius:8px;color:#0f766e;font-weight:600;text-align:center;"
    'text-decoration:none">{value}</a>'
)


@dataclass(frozen=True, slots=True)
class Words:
    """A letter in one language."""

    subject: str
    text: str
    html: str


def letter(
    invitation: Invitation,
    customer: Customer,
    definition: Definition,
    business: Business,
    *,
    purpose: str,
    at: datetime,
) -> NewMessage:
    """The invitation as it goes to the outbox; its key is that of the invitation, so it is written once."""
    known = {code for code, _name in LANGUAGES}
    language = customer.language if customer.language in known else business.language
    survey = invitation.survey
    link = links.of_everybody(survey) if survey.is_anonymous else links.of_invitation(invitation.pk)
    with translation.override(language):
        if invitation.channel in WITH_SUBJECT:
            words = written(definition, survey, business, link)
        else:
            words = in_short(definition, business, link)
    return NewMessage(
        customer_id=customer.pk,
        channel=invitation.channel,
        purpose=purpose,
        dedupe_key=f"survey:{invitation.pk}",
        language=language,
        subject=words.subject,
        text=words.text,
        html=words.html,
        send_after=at,
        expires_at=invitation.expires_at,
        scenario=invitation.scenario,
        enrolment=invitation.enrolment,
        step=invitation.step,
    )


def in_short(definition: Definition, business: Business, link: str) -> Words:
    """For a channel of short plain texts: who asks, what, and where to answer. In the language of the moment."""
    first = next((question for question in definition.questions if isinstance(question, Scale)), None)
    asked = first.text if first else _("May we ask how it was?")
    return Words("", f"{business}: {asked} {link}", "")


def written(definition: Definition, survey: Survey, business: Business, link: str) -> Words:
    """In the language of the moment."""
    first = next((question for question in definition.questions if isinstance(question, Scale)), None)
    opening = definition.introduction or _("May we ask how it was?")
    promise = _("Anonymous: nobody can find out who answered.") if survey.is_anonymous else ""
    asked = first.text if first else ""
    text = "\n\n".join(part for part in (opening, asked, link, promise) if part)
    buttons = ""
    if first is not None:
        buttons = "".join(BUTTON.format(address=escape(f"{link}?score={value}"), value=value) for value in first.values)
        if first.ends:
            low, high = first.words
            buttons += f"<br><small>{first.low} – {escape(low)}, {first.high} – {escape(high)}</small>"
    paragraphs = [escape(opening), f"<strong>{escape(asked)}</strong>" if asked else "", buttons, escape(promise)]
    html = "".join(f"<p>{part}</p>" for part in paragraphs if part)
    on_page = _("Answer on the page")
    html += f'<p><a href="{escape(link)}">{escape(on_page)}</a></p>'
    return Words(_("%(name)s: how was it?") % {"name": str(business)}, text, html)
