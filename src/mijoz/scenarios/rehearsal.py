"""What a scenario would do now, without doing it: who would be enrolled, who could be reached, how it would read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from mijoz.analysis.arms import TREATED
from mijoz.business.models import Business
from mijoz.business.queries import business
from mijoz.channels import registry
from mijoz.channels.email import compose
from mijoz.channels.models import Channel
from mijoz.channels.models import Message as OutgoingMessage
from mijoz.channels.queries import open_channels
from mijoz.channels.sms.compose import cost_of
from mijoz.channels.ways import WAYS
from mijoz.customers.models import Customer, Purpose
from mijoz.customers.names import query_words
from mijoz.customers.privacy import own_yes
from mijoz.scenarios import enrolling, wording
from mijoz.scenarios.definition import BEST, Definition, Message
from mijoz.scenarios.fitting import LANGUAGE_CODES, in_language
from mijoz.scenarios.letters import Known, Writer, known_of
from mijoz.scenarios.models import Scenario

EXAMPLES = 10
FOUND = 12
SAMPLE_CODE = "XXXX-XXXX"  # a code is made when the offer is
# The latest answer counts, of two at one moment the no; a service message needs no yes, but no objection.
LATEST_ANSWER = """
    (SELECT k.granted FROM customers_consent k
     WHERE k.customer_id = c.id AND k.purpose = %(purpose)s AND {speaks_of_it}
     ORDER BY k.answered_at DESC, k.granted LIMIT 1)
"""
COUNTS = """
    {fitting}, known AS (
        SELECT f.arm, {has_address} AS has_address, {consents} AS consents, {reachable} AS is_reachable
        FROM fitting f JOIN customers_customer c ON c.id = f.customer_id
    )
    SELECT count(*), count(*) FILTER (WHERE arm = '{treated}'),
           count(*) FILTER (WHERE arm = '{treated}' AND has_address),
           count(*) FILTER (WHERE arm = '{treated}' AND consents),
           count(*) FILTER (WHERE arm = '{treated}' AND is_reachable)
    FROM known
"""
FIRST = """
    {fitting}
    SELECT f.customer_id, f.arm FROM fitting f JOIN customers_profile p ON p.customer_id = f.customer_id
    ORDER BY f.arm = '{treated}' DESC, p.revenue DESC, f.customer_id LIMIT %(examples)s
"""

ONE_A_LANGUAGE = """
    {fitting}
    SELECT min(f.customer_id) FROM fitting f JOIN customers_customer c ON c.id = f.customer_id GROUP BY c.language
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A customer who would be enrolled now, and in which arm."""

    customer: Customer
    arm: str


@dataclass(frozen=True, slots=True)
class MessagePreview:
    """A message as it would read for this customer."""

    customer: Customer
    purpose: str
    channel: str
    language: str
    subject: str  # "" where the channel has none
    text: str  # as it goes into the outbox
    html: str = ""  # the whole letter, "" where the channel has plain texts
    shown: str = ""  # as the customer reads it, where the channel has plain texts
    advice: tuple[str, ...] = ()  # what a writer should think of
    sms: str = ""  # the text as an SMS, where the message may go as one
    sms_cost: Decimal | None = None  # of that, in the business's currency; None where no price is known


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """Who would be enrolled now. Addresses and consent are counted of the treated ones; None without messages.

    The gate decides again at the moment of sending: quiet hours, limits and complaints are not looked at here.
    """

    customers: int
    treated: int
    with_address: int | None
    with_consent: int | None
    reachable: int | None
    examples: list[Example]
    message: MessagePreview | None
    sms_cost: Decimal | None = None  # of the first message for all who can be reached, where it goes as an SMS alone

    @property
    def held_out(self) -> int:
        return self.customers - self.treated


def rehearse(definition: Definition, *, scenario: Scenario | None, at: datetime) -> DryRun:
    """What would happen if the scenario enrolled by this definition at `at`."""
    who = enrolling.fitting(definition, scenario=scenario, at=at)
    position, step = first_message(definition)
    channels = channels_of(step) if step else [Channel.EMAIL.value]
    parameters: dict[str, Any] = {
        **who.parameters,
        "purpose": definition.purpose,
        "without_answer": definition.purpose == Purpose.SERVICE,
        "examples": EXAMPLES,
    }
    counts = COUNTS.format(fitting=who.sql, treated=TREATED, **_by_any_of(channels))
    with connection.cursor() as cursor:
        cursor.execute(counts, parameters)
        customers, treated, with_address, with_consent, reachable = cursor.fetchone()
        cursor.execute(FIRST.format(fitting=who.sql, treated=TREATED), parameters)
        arms: dict[int, str] = dict(cursor.fetchall())
    found = Customer.objects.in_bulk(arms)
    examples = [Example(found[pk], arm) for pk, arm in arms.items()]
    shown = examples[0].customer if examples and step else None
    first = preview(definition, position, customer=shown, at=at) if shown else None
    cost_of_one = first.sms_cost if first and channels == [Channel.SMS.value] else None
    return DryRun(
        customers=customers,
        treated=treated,
        with_address=with_address if step else None,
        with_consent=with_consent if step else None,
        reachable=reachable if step else None,
        examples=examples,
        message=first,
        sms_cost=None if cost_of_one is None else cost_of_one * reachable,
    )


def channels_of(step: Message) -> list[str]:
    """The channels by which the message may go."""
    return open_channels() if step.channel == BEST else [step.channel]


def _by_any_of(channels: Sequence[str]) -> dict[str, str]:
    """SQL of whether the customer `c` has an address, agrees, and both, by one of these channels."""
    has = {channel: f"({registry.has_address(channel)})" for channel in channels}
    agrees = {channel: f"coalesce({_latest_answer(channel)}, %(without_answer)s)" for channel in channels}
    return {
        "has_address": " OR ".join(has.values()),
        "consents": " OR ".join(agrees.values()),
        "reachable": " OR ".join(f"({has[channel]} AND {agrees[channel]})" for channel in channels),
    }


def _latest_answer(channel: str) -> str:
    return LATEST_ANSWER.format(speaks_of_it=own_yes.sql("k", f"'{Channel(channel).value}'"))


def first_message(definition: Definition) -> tuple[int, Message | None]:
    """The first message of the steps and its position; (0, None) when there is none."""
    found = ((placed.position, placed.step) for placed in definition.placed if isinstance(placed.step, Message))
    return next(found, (0, None))


def preview(definition: Definition, position: int, *, customer: Customer, at: datetime) -> MessagePreview:
    """The message at this position as it would read for a customer who is enrolled at `at`, be it an imagined one."""
    message = definition.placed[position].step
    assert isinstance(message, Message)
    company, ways = business(), channels_of(message)
    steps = {channel: message.by(channel) for channel in ways if channel in (ways[0], Channel.SMS)}
    letters = {
        channel: _letter(step, definition, position, channel=channel, customer=customer, company=company, at=at)
        for channel, step in steps.items()
    }
    letter, step = letters[ways[0]], steps[ways[0]]
    is_mail = letter.channel == Channel.EMAIL
    sms = WAYS[Channel.SMS].preview(letters[Channel.SMS]) if Channel.SMS in letters else ""
    return MessagePreview(
        customer=customer,
        purpose=definition.purpose,
        channel=letter.channel,
        language=letter.language,
        subject=letter.subject,
        text=letter.text,
        html=compose.preview(letter, business=company) if is_mail else "",
        shown="" if is_mail else WAYS[letter.channel].preview(letter),
        advice=(
            *_missing(step, company.language),
            *wording.advice(f"{step.subjects.get(letter.language, '')} {step.texts[letter.language]}"),
        ),
        sms=sms,
        sms_cost=cost_of(sms) if Channel.SMS in letters else None,
    )


def _letter(
    step: Message, definition: Definition, position: int, *, channel: str, customer: Customer, company: Business,
    at: datetime,
) -> OutgoingMessage:  # fmt: skip
    """The step's message by this channel, as it would be put into the outbox."""
    offer = definition.offer_before(position)
    until = at.astimezone(company.zone).date() + timedelta(days=offer.valid_days) if offer else None
    writer = Writer(step, offer=offer, business=company)
    known = _known(customer, writer, at=at)
    language, subject, text = writer.write(known, until=until, code=SAMPLE_CODE if offer else "")
    return OutgoingMessage(channel=channel, purpose=definition.purpose, language=language, subject=subject, text=text)


def _missing(step: Message, business_language: str) -> Iterator[str]:
    """Which languages are not written, and what those who speak them read."""
    written = step.texts if business_language not in step.texts else {business_language: ""}
    for code in LANGUAGE_CODES:
        if code not in step.texts:
            yield _("Nothing is written %(language)s: who speaks it reads the text %(other)s.") % {
                "language": in_language(code), "other": in_language(next(iter(written)))
            }  # fmt: skip


def readers(definition: Definition | None, scenario: Scenario | None, *, at: datetime) -> list[Customer]:
    """Customers to read a message as, one for each language: of those who fit now, else of all, else imagined ones."""
    fitting: list[int] = []
    if definition is not None:
        who = enrolling.fitting(definition, scenario=scenario, at=at)
        with connection.cursor() as cursor:
            cursor.execute(ONE_A_LANGUAGE.format(fitting=who.sql), who.parameters)
            fitting = [row[0] for row in cursor.fetchall()]
    everybody = Customer.objects.order_by("language", "pk").distinct("language")
    found = list(Customer.objects.filter(pk__in=fitting) if fitting else everybody)
    return sorted(found, key=lambda customer: customer.language) or imagined_readers()


def found_readers(text: str) -> list[Customer]:
    """Customers whose name, phone or number holds these words, to read a message as; at most FOUND of them."""
    found = Customer.objects.filter(merged_into=None, erased_at=None, restricted_at=None)
    words = query_words(text)
    if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10:
        found = found.filter(Q(pk=int(text)) | Q(search_key__contains=words[0] if words else text.strip()))
    else:
        for word in words:
            found = found.filter(search_key__contains=word)
        if not words:
            return []
    return list(found.order_by("sort_name", "pk")[:FOUND])


def imagined_readers() -> list[Customer]:
    """Customers who do not exist, one for each language, so that a message can be read before anybody came."""
    return [
        Customer(first_name="Dilnoza", last_name="Karimova", language="uz"),
        Customer(first_name="Анна", last_name="Ким", language="ru"),
        Customer(first_name="John", last_name="Smith", language="en"),
    ]


def _known(customer: Customer, writer: Writer, *, at: datetime) -> Known:
    return known_of([customer.pk], wanted=writer.variables, at=at)[customer.pk] if customer.pk else _imagined(customer)


def _imagined(customer: Customer) -> Known:
    return Known(first_name=customer.first_name, last_name=customer.last_name, language=customer.language)
