"""Reads of channels: what the gate must know of customers, the accounts, and the lists of the outbox."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from mijoz.channels import hooks, registry
from mijoz.channels.models import Channel, ChannelAccount, Message, Reason
from mijoz.customers import contacts, listing
from mijoz.customers.models import Consent, Customer, Preferences, Profile, Purpose, Trait
from mijoz.customers.privacy import own_yes
from mijoz.customers.queries import root_of

ONE_RUN = timedelta(days=30)  # the same step that much later is of another enrolment
ZONE_TRAITS = ("timezone", "time_zone", "tz")
ROWS_A_PAGE = 50
SHOWN = 10_000
DEFAULT_SORT = "-written"
ORDERS = {"written": "id", "due": "send_after", "settled": "settled_at"}
MAY_HAVE_REACHED = Q(status__in=[Message.Status.SENT, Message.Status.SENDING]) | Q(reason=Reason.UNKNOWN_OUTCOME)

# From one key to the next along the index: a million messages come from a handful of scenarios.
SCENARIOS = """
    WITH RECURSIVE step AS (
        SELECT min(scenario) AS key FROM channels_message WHERE scenario > ''
        UNION ALL
        SELECT (SELECT min(scenario) FROM channels_message WHERE scenario > key) FROM step WHERE key IS NOT NULL
    )
    SELECT key FROM step WHERE key IS NOT NULL
"""


class Contact(NamedTuple):
    """When somebody was written to, and how important it was."""

    at: datetime
    priority: int


@dataclass(frozen=True, slots=True)
class Answers:
    """The customers' answers about purposes: (customer, purpose, channel) to (when, yes or no)."""

    given: dict[tuple[int, str, str], tuple[datetime, bool]]

    def consent(self, customer_id: int, purpose: str, channel: str) -> bool | None:
        """The latest answer that speaks of this channel, of two at one moment the no; None when there is none."""
        answers = [
            self.given[customer_id, purpose, said_for]
            for said_for in ("", channel)
            if (customer_id, purpose, said_for) in self.given
            and own_yes.speaks_of(
                channel,
                purpose=purpose,
                said_for=said_for,
                granted=self.given[customer_id, purpose, said_for][1],
            )
        ]
        return max(answers, key=lambda answer: (answer[0], not answer[1]))[1] if answers else None


def latest_answers(customers: Collection[int]) -> Answers:
    """What these customers answered; whoever was merged allows what the one they lead to allows."""
    roots = root_of(customers)
    leading: dict[int, list[int]] = {}
    for customer, root in roots.items():
        leading.setdefault(root, []).append(customer)
    rows = Consent.objects.filter(customer__in=leading).values_list(
        "customer_id", "purpose", "channel", "answered_at", "granted"
    )
    return Answers(
        {
            (customer, purpose, channel): (at, granted)
            for root, purpose, channel, at, granted in rows
            for customer in leading[root]
        }
    )


def time_zones(members: Mapping[int, int]) -> dict[int, ZoneInfo]:
    """The time zone that was told of each person, latest first; whose is unknown or is none is missing.

    `members` gives the person of each number.
    """
    told = (
        Trait.objects.filter(name__in=ZONE_TRAITS, identity__ownership__customer__in=members)
        .exclude(value="")
        .order_by("told_at")
        .values_list("identity__ownership__customer", "value")
    )
    found = {}
    for member, name in told:
        if name in available_timezones():
            found[members[member]] = ZoneInfo(name)
    return found


def marketing_contacts(customers: Collection[int], *, since: datetime) -> dict[int, tuple[Contact, ...]]:
    """Marketing messages that reached or may have reached each customer, being sent ones included."""
    rows = (
        Message.objects.filter(MAY_HAVE_REACHED, customer__in=customers, purpose=Purpose.MARKETING)
        .annotate(contact_at=Coalesce("settled_at", "claimed_at"))
        .filter(contact_at__gte=since)
        .order_by()
        .values("customer_id")
        .annotate(moments=ArrayAgg("contact_at"), priorities=ArrayAgg("priority"))
        .values_list("customer_id", "moments", "priorities")
    )
    return {customer: tuple(map(Contact, moments, priorities)) for customer, moments, priorities in rows}


def stronger_rivals(
    messages: Sequence[Message], members: Collection[int], *, beside: Collection[str] = (), at: datetime
) -> list[Message]:
    """Marketing messages to these customers that are due as well and go before one of the given.

    Those by the same channel are held until the end of the transaction; those by the channels `beside` it come last
    and are only looked at: they go out in the turn of their own account.
    """
    weakest = min((one.priority for one in messages if one.purpose == Purpose.MARKETING), default=None)
    if weakest is None:
        return []
    due = Message.objects.filter(
        status=Message.Status.WAITING,
        purpose=Purpose.MARKETING,
        customer__in=members,
        priority__gt=weakest,
        send_after__lte=at,
    )
    known = [one.pk for one in messages]
    own = due.filter(channel=messages[0].channel).exclude(pk__in=known).select_for_update(skip_locked=True)
    return [*own, *(due.filter(channel__in=beside) if beside else ())]


def repeated(messages: Sequence[Message], members: Mapping[int, int]) -> set[int]:
    """Those of the messages whose step of a scenario reached the same person, or is to, under another number.

    `members` gives the customer to whom each number leads. Of several that wait the first is sent.
    """
    steps = {(members[message.customer_id], message.scenario, message.step) for message in messages if message.scenario}
    same = Message.objects.filter(
        MAY_HAVE_REACHED | Q(status=Message.Status.WAITING),
        customer__in=members,
        scenario__in={scenario for _person, scenario, _step in steps},
    )
    found: dict[tuple[int, str, str], list[Message]] = {}
    for other in same.only("customer_id", "scenario", "step", "status", "reason", "created_at"):
        found.setdefault((members[other.customer_id], other.scenario, other.step), []).append(other)
    return {
        message.pk
        for message in messages
        if message.scenario
        for other in found.get((members[message.customer_id], message.scenario, message.step), ())
        if other.customer_id != message.customer_id
        and abs(other.created_at - message.created_at) < ONE_RUN
        and (other.status != Message.Status.WAITING or other.pk < message.pk)
    }


CAME_BACK = Q(bounced_at__isnull=False, bounce_forgiven_at=None)


def unusable(addresses: Collection[str], channel: str) -> set[str]:
    """Those of the addresses from which a message by the channel came back for good."""
    found = Message.objects.filter(CAME_BACK, channel=channel, sent_to__in=set(addresses))
    return set(found.values_list("sent_to", flat=True))


def customers_with_bounced_address() -> set[int]:
    """Customers whose e-mail of now is one from which mail came back."""
    bounced = Message.objects.filter(CAME_BACK, channel=Channel.EMAIL).values("sent_to")
    return set(Customer.objects.filter(email__in=bounced).exclude(email="").values_list("pk", flat=True))


def monthly_limits(customers: Collection[int]) -> dict[int, int]:
    """How many marketing messages a month at most, of those who chose a number."""
    chosen = Preferences.objects.filter(customer__in=customers).values_list("customer_id", "messages_a_month")
    return {customer: most for customer, most in chosen if most is not None}


def last_complaints(customers: Collection[int]) -> dict[int, datetime]:
    rows = Profile.objects.filter(customer__in=customers).values_list("customer_id", "last_complaint_at")
    return {customer: at for customer, at in rows if at}


def account(channel: str) -> ChannelAccount | None:
    """The active account of the channel, if there is one."""
    return ChannelAccount.objects.filter(channel=channel, is_active=True).first()


def unheard(channels: Collection[str]) -> set[str]:
    """Those of these channels by which a no of customers does not reach us at the moment; one statement."""
    accounts = ChannelAccount.objects.filter(channel__in=channels, is_active=True)
    return {account.channel for account in accounts if not registry.transport(account.channel).hears(account)}


def open_channels() -> list[str]:
    """The channels by which we can write to customers: those with an active account, in their order.

    E-mail alone when there is none: messages wait for the first account, and by e-mail whoever begins begins.
    """
    accounts = ChannelAccount.objects.filter(is_active=True).values_list("channel", flat=True)
    found = set(accounts)
    return [channel for channel in registry.channels() if channel in found] or [Channel.EMAIL.value]


def is_any_open() -> bool:
    """Whether there is an active account of any channel."""
    return ChannelAccount.objects.filter(is_active=True).exists()


def account_to_set_up(channel: str, *, for_update: bool = False) -> ChannelAccount | None:
    """The account that setting up the channel changes: the active one, else the latest that was switched off."""
    accounts = ChannelAccount.objects.select_for_update() if for_update else ChannelAccount.objects
    return accounts.filter(channel=channel).order_by("-is_active", "-changed_at").first()


def ready_accounts(at: datetime) -> list[ChannelAccount]:
    """The active accounts that do not rest after a trouble."""
    ready = Q(rests_until=None) | Q(rests_until__lte=at)
    return list(ChannelAccount.objects.filter(ready, is_active=True))


def trouble_in_words(account: ChannelAccount) -> str:
    """What is wrong with the account and what to do about it, in the reader's language; "" if nothing is."""
    if not account.trouble:
        return ""
    return registry.transport(account.channel).explain(account.trouble, account.trouble_detail, account.settings)


def is_anything_due(at: datetime) -> bool:
    """Whether a message could be sent right now."""
    channels = [account.channel for account in ready_accounts(at)]
    due = Message.objects.filter(status=Message.Status.WAITING, send_after__lte=at, channel__in=channels)
    return bool(channels) and due.exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What the outbox is narrowed by; empty narrows nothing. `since` is when a message was written at the earliest."""

    query: str = ""
    status: str = ""
    reason: str = ""
    channel: str = ""
    scenario: str = ""
    since: datetime | None = None


def outbox(
    criteria: Criteria, *, sort: str = DEFAULT_SORT, at: datetime, contacts_hidden: bool = False
) -> QuerySet[Message]:
    """Messages as the outbox shows them. With `contacts_hidden` no address finds anybody."""
    found = Message.objects.select_related("customer").defer("text", "html")
    if criteria.since:
        found = found.filter(created_at__gte=criteria.since)
    if criteria.query:
        wanted = listing.Criteria(query=criteria.query)
        search = listing.Search(criteria=wanted, until=at, contacts_hidden=contacts_hidden)
        written = Q(subject__icontains=criteria.query)
        if not contacts_hidden and (address := _as_address(criteria.query)):
            written = Q(sent_to__iexact=address)  # the address of then: the customer may have another one now
        found = found.filter(Q(customer__in=search.customers().values("pk")) | written)
    names = ("status", "reason", "channel", "scenario")
    chosen = {name: getattr(criteria, name) for name in names}
    found = found.filter(**{name: value for name, value in chosen.items() if value})
    sort = sort if sort.removeprefix("-") in ORDERS else DEFAULT_SORT
    order = ORDERS[sort.removeprefix("-")]
    return found.order_by(f"-{order}", "-id") if sort.startswith("-") else found.order_by(order, "id")


def _as_address(query: str) -> str:
    """What was typed as an address in the outbox: an e-mail or a phone; "" when it is neither."""
    if "@" in query:
        return query
    try:
        return contacts.normal_phone(query)
    except contacts.NotAPhone:
        return ""


def channels_in_outbox() -> list[str]:
    """The channels that a message can be of: those that are set up now or were before."""
    known = accounts_to_set_up()
    return [channel for channel in Channel.values if channel in known]


class OutboxPages(Paginator):  # type: ignore[type-arg]
    """Pages that count no further than SHOWN messages: nobody leafs so far."""

    def __init__(self, found: QuerySet[Message]) -> None:
        super().__init__(found, ROWS_A_PAGE)
        self.found = found

    @cached_property
    def count(self) -> int:
        return self.found.order_by()[:SHOWN].count()


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages by status, and by reason those stopped, failed and put off, each the largest first."""

    by_status: dict[str, int]
    stopped: list[tuple[str, int]]
    failed: list[tuple[str, int]]
    put_off: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(self.by_status.values())


def outbox_counts(*, since: datetime | None) -> Counts:
    """How many messages written since then there are, by status and reason; one statement."""
    messages = Message.objects.filter(created_at__gte=since) if since else Message.objects.all()
    rows = list(messages.order_by().values_list("status", "reason").annotate(messages=Count("id")))
    by_status = dict.fromkeys(Message.Status.values, 0)
    for status, _reason, number in rows:
        by_status[status] += number
    reasons = {
        wanted: sorted(
            ((reason, number) for status, reason, number in rows if status == wanted and reason),
            key=lambda found: (-found[1], found[0]),
        )
        for wanted in (Message.Status.STOPPED, Message.Status.FAILED, Message.Status.WAITING)
    }
    return Counts(by_status, *reasons.values())


def scenarios_in_outbox() -> list[tuple[str, str]]:
    """Keys and names of the scenarios that have messages here, by name."""
    with connection.cursor() as cursor:
        cursor.execute(SCENARIOS)
        keys = [key for (key,) in cursor.fetchall()]
    return sorted(hooks.origin_names(keys).items(), key=lambda pair: pair[1])


def customer_messages(customer_id: int, *, limit: int) -> list[Message]:
    """The latest messages of one customer."""
    return list(Message.objects.filter(customer=customer_id).defer("text", "html")[:limit])


def messages_waiting() -> dict[str, int]:
    """How many messages wait, by channel; where none does it is missing."""
    waiting = Message.objects.filter(status=Message.Status.WAITING).order_by()
    return dict(waiting.values_list("channel").annotate(messages=Count("id")))


def accounts_to_set_up() -> dict[str, ChannelAccount]:
    """What `account_to_set_up` gives of every channel that has one; one statement."""
    latest = ChannelAccount.objects.order_by("channel", "-is_active", "-changed_at").distinct("channel")
    return {account.channel: account for account in latest}


def troubles_in_words() -> dict[str, str]:
    """What is wrong with the active accounts that are in trouble, by channel, in the reader's language."""
    accounts = ChannelAccount.objects.filter(is_active=True).exclude(trouble="").order_by("channel")
    return {account.channel: trouble_in_words(account) for account in accounts}
