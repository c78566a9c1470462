"""The one gate: may this customer be contacted, for this purpose, by this channel, at this moment?

`decide` is pure; `facts_for` gathers what it needs for many messages in a constant number of statements. The gate is
asked when a message is about to be sent, whatever was true when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mijoz.business.models import Business
from mijoz.business.queries import business as current_business
from mijoz.channels import control, hooks, queries, registry
from mijoz.channels.hooks import OriginState
from mijoz.channels.models import Message, Reason
from mijoz.channels.queries import Contact
from mijoz.customers.models import Purpose
from mijoz.customers.privacy import stops
from mijoz.customers.queries import members_of, root_of

DAYS_OF_A_WEEK = 7
DAYS_OF_A_MONTH = 30
REST_AFTER_COMPLAINT = timedelta(days=14)
ASK_PAUSED_AGAIN_AFTER = timedelta(hours=1)
ASK_UNHEARD_AGAIN_AFTER = timedelta(minutes=15)
MAY_END = frozenset({Reason.SCENARIO_PAUSED, Reason.NOT_HEARD})  # at any moment: it stops nothing before its time


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRules:
    """What the business allows itself. A cap of None is no limit, 0 is never; equal quiet hours are none."""

    zone: ZoneInfo
    quiet_from: time
    quiet_until: time
    messages_a_day: int | None
    messages_a_week: int | None
    reveals_in_marketing: int | None = None
    reveals_in_service: int | None = None
    rest_after_complaint: timedelta = REST_AFTER_COMPLAINT


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one message and its customer. `consent` is their latest answer, None when they gave none.

    `contacts` are the moments of marketing messages of the last thirty days, by any channel and scenario, `stronger`
    those of them whose priority was higher than this one's. `reveals` says how personal the message is. `own_zone` is
    the customer's, None when it is not known.
    """

    purpose: str
    address: str
    consent: bool | None
    is_unusable: bool = False  # what was sent there came back for good
    is_restricted: bool = False  # the record is kept but used for nothing
    messages_a_month: int | None = None  # of marketing, as the customer chose
    expires_at: datetime
    contacts: tuple[datetime, ...] = ()
    stronger: tuple[datetime, ...] = ()
    reveals: int = 0
    is_in_control: bool = False
    own_zone: ZoneInfo | None = None
    last_complaint_at: datetime | None = None
    origin: OriginState = OriginState.LIVE
    rules: ContactRules
    person: int = 0  # the customer to whom the message's one leads after merges
    is_repeated: bool = False  # the same step of the scenario goes to this person under another number
    is_heard: bool = True  # a no that is said by the channel reaches us


@dataclass(frozen=True, slots=True)
class Allowed:
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Never to be sent."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; to be asked again at `until`."""

    reason: Reason
    until: datetime


Verdict = Allowed | Stopped | Later


def decide(facts: Facts, at: datetime) -> Verdict:
    """Whether the message may go out at `at`.

    Service messages need an address and no objection, and neither kind may be too personal. Marketing also needs
    consent, keeps quiet hours and caps, rests after a complaint, leaves out the control group, and waits where a no
    would not be heard. What would only be allowed after the message has expired is stopped.
    """
    if facts.origin == OriginState.STOPPED:
        return Stopped(Reason.SCENARIO_STOPPED)
    if at >= facts.expires_at:
        return Stopped(Reason.TOO_LATE)
    if facts.is_restricted:
        return Stopped(Reason.RESTRICTED)
    if facts.consent is False:
        return Stopped(Reason.CONSENT_WITHDRAWN)
    if not facts.address:
        return Stopped(Reason.ADDRESS_MISSING)
    if facts.is_unusable:
        return Stopped(Reason.ADDRESS_UNUSABLE)
    if facts.is_repeated:
        return Stopped(Reason.SAME_PERSON)
    is_marketing = facts.purpose == Purpose.MARKETING
    most = facts.rules.reveals_in_marketing if is_marketing else facts.rules.reveals_in_service
    if most is not None and facts.reveals > most:
        return Stopped(Reason.TOO_PERSONAL)
    verdict = _decide_marketing(facts, at) if is_marketing else Allowed()
    if isinstance(verdict, Allowed) and facts.origin == OriginState.PAUSED:
        verdict = Later(Reason.SCENARIO_PAUSED, at + ASK_PAUSED_AGAIN_AFTER)
    if isinstance(verdict, Allowed) and is_marketing and not facts.is_heard:
        verdict = Later(Reason.NOT_HEARD, at + ASK_UNHEARD_AGAIN_AFTER)
    if isinstance(verdict, Later) and verdict.until >= facts.expires_at:
        return verdict if verdict.reason in MAY_END else Stopped(verdict.reason)
    return verdict


def _decide_marketing(facts: Facts, at: datetime) -> Verdict:
    rules = facts.rules if facts.own_zone is None else replace(facts.rules, zone=facts.own_zone)
    if facts.consent is None:
        return Stopped(Reason.CONSENT_MISSING)
    if facts.is_in_control:
        return Stopped(Reason.CONTROL_GROUP)
    if facts.last_complaint_at and at < facts.last_complaint_at + rules.rest_after_complaint:
        return Stopped(Reason.COMPLAINT)
    first: Later | None = None
    for reason, cap, days in (
        (Reason.DAY_CAP, rules.messages_a_day, 1),
        (Reason.WEEK_CAP, rules.messages_a_week, DAYS_OF_A_WEEK),
        (Reason.MONTH_CAP, facts.messages_a_month, DAYS_OF_A_MONTH),
    ):
        if cap == 0:
            return Stopped(reason)
        if cap is not None and (until := _cap_holds_until(facts.contacts, cap, days, at=at, zone=rules.zone)):
            if reason != Reason.MONTH_CAP and _are_among(facts.stronger, days, at=at, zone=rules.zone):
                reason = Reason.OUTRANKED
            first = Later(reason, until) if first is None else Later(first.reason, max(first.until, until))
    earliest = first.until if first else at
    if quiet_end := quiet_until(rules, earliest):
        first = Later(first.reason if first else Reason.QUIET_HOURS, quiet_end)
    return first or Allowed()


def _cap_holds_until(
    contacts: Sequence[datetime], cap: int, days: int, *, at: datetime, zone: ZoneInfo
) -> datetime | None:
    """The midnight at which so many contacts have left the last `days` local days that one more fits; None: it fits."""
    today = at.astimezone(zone).date()
    local_days = (moment.astimezone(zone).date() for moment in contacts)
    counted = sorted(day for day in local_days if day > today - timedelta(days=days))
    if len(counted) < cap:
        return None
    return _local_moment(counted[len(counted) - cap] + timedelta(days=days), time(0), zone)


def _are_among(moments: Sequence[datetime], days: int, *, at: datetime, zone: ZoneInfo) -> bool:
    """Whether one of these moments lies in the last `days` local days."""
    first = at.astimezone(zone).date() - timedelta(days=days - 1)
    return any(moment.astimezone(zone).date() >= first for moment in moments)


def quiet_until(rules: ContactRules, at: datetime) -> datetime | None:
    """When the quiet hours in which `at` lies are over; None outside of them. They may span midnight."""
    local = at.astimezone(rules.zone)
    begins, ends, now = rules.quiet_from, rules.quiet_until, local.time()
    spans_midnight = begins > ends
    is_quiet = (now >= begins or now < ends) if spans_midnight else begins <= now < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if spans_midnight and now >= begins else 0)
    return _local_moment(day, ends, rules.zone, fold=local.fold)


def _local_moment(day: date, clock: time, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """The moment at which clocks of `zone` show this; `fold` picks one when they show it twice."""
    return datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC)


def rules_of(business: Business) -> ContactRules:
    return ContactRules(
        zone=business.zone,
        quiet_from=business.quiet_from,
        quiet_until=business.quiet_until,
        messages_a_day=business.messages_a_day,
        messages_a_week=business.messages_a_week,
        reveals_in_marketing=business.reveals_in_marketing,
        reveals_in_service=business.reveals_in_service,
        rest_after_complaint=timedelta(days=business.rest_after_complaint_days or 0),
    )


def facts_for(messages: Sequence[Message], at: datetime) -> list[Facts]:
    """The facts of each message as of `at`, in the order given; the number of statements does not depend on theirs.

    An empty address of a message is filled with the customer's own. Whoever was merged is written to as the one person
    they are: by that one's consent, address and limits.
    """
    roots = root_of({message.customer_id for message in messages})
    customers = set(roots.values())
    members = members_of(customers)
    company = current_business()
    rules = rules_of(company)
    zones = queries.time_zones(members)
    addresses = {channel: registry.addresses(channel, customers) for channel in {one.channel for one in messages}}
    answers = queries.latest_answers(customers)
    contacts = _by_root(queries.marketing_contacts(members, since=at - timedelta(days=DAYS_OF_A_MONTH + 1)), members)
    restricted = {members[member] for member in stops.restricted_among(members)}
    chosen = _lowest(queries.monthly_limits(members), members)
    complaints = queries.last_complaints(customers)
    repeated = queries.repeated(messages, members) if len(members) > len(customers) else set()
    origins = hooks.origin_states(message.scenario for message in messages)
    reached_at = [
        message.address or addresses[message.channel].get(roots[message.customer_id], "") for message in messages
    ]
    unusable = {
        channel: queries.unusable(
            [address for message, address in zip(messages, reached_at, strict=True) if message.channel == channel],
            channel,
        )
        for channel in addresses
    }
    unheard = queries.unheard(addresses)
    return [
        Facts(
            purpose=message.purpose,
            address=address,
            is_unusable=address in unusable[message.channel],
            consent=answers.consent(roots[message.customer_id], message.purpose, message.channel),
            is_restricted=roots[message.customer_id] in restricted,
            messages_a_month=chosen.get(roots[message.customer_id]),
            expires_at=message.expires_at,
            contacts=tuple(contact.at for contact in contacts.get(roots[message.customer_id], ())),
            stronger=tuple(
                contact.at
                for contact in contacts.get(roots[message.customer_id], ())
                if contact.priority > message.priority
            ),
            reveals=message.reveals,
            is_in_control=not message.is_test and control.is_in_control(roots[message.customer_id], at, company),
            own_zone=zones.get(roots[message.customer_id]),
            last_complaint_at=complaints.get(roots[message.customer_id]),
            origin=origins.get(message.scenario, OriginState.LIVE),
            rules=rules,
            person=roots[message.customer_id],
            is_repeated=message.pk in repeated,
            is_heard=message.channel not in unheard,
        )
        for message, address in zip(messages, reached_at, strict=True)
    ]


def _by_root(contacts: dict[int, tuple[Contact, ...]], members: dict[int, int]) -> dict[int, tuple[Contact, ...]]:
    """The contacts with each person, whatever number they were known by."""
    together: dict[int, tuple[Contact, ...]] = {}
    for member, moments in contacts.items():
        together[members[member]] = (*together.get(members[member], ()), *moments)
    return together


def _lowest(limits: dict[int, int], members: dict[int, int]) -> dict[int, int]:
    """The fewest messages a month that each person chose under any of their numbers."""
    chosen: dict[int, int] = {}
    for member, limit in limits.items():
        chosen[members[member]] = min(limit, chosen.get(members[member], limit))
    return chosen


def decide_all(messages: Sequence[Message], at: datetime) -> list[tuple[Verdict, Facts]]:
    """A verdict for each message, in the order given.

    Of two to the same person the more important one is decided first, and what is allowed counts against the next.
    """
    allowed: dict[int, tuple[Contact, ...]] = {}
    decided: dict[int, tuple[Verdict, Facts]] = {}
    known = facts_for(messages, at)
    for place in sorted(range(len(messages)), key=lambda place: -messages[place].priority):
        facts, priority = known[place], messages[place].priority
        earlier = allowed.get(facts.person, ())
        if earlier:
            stronger = tuple(contact.at for contact in earlier if contact.priority > priority)
            facts = replace(
                facts,
                contacts=facts.contacts + tuple(contact.at for contact in earlier),
                stronger=facts.stronger + stronger,
            )
        verdict = decide(facts, at)
        if isinstance(verdict, Allowed) and facts.purpose == Purpose.MARKETING:
            allowed[facts.person] = (*earlier, Contact(at, priority))
        decided[place] = (verdict, facts)
    return [decided[place] for place in range(len(messages))]
