"""Who would get what now, and why the others would not: everybody whom the trigger takes, with what speaks against
them, and what the gate would say to the first message of those who are left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mijoz.business.queries import business
from mijoz.channels import control, gate
from mijoz.channels.models import USEFUL_FOR, Reason
from mijoz.channels.models import Message as OutgoingMessage
from mijoz.channels.queries import open_channels
from mijoz.customers.models import Customer
from mijoz.customers.privacy.stops import MAY_BE_PROFILED
from mijoz.customers.queries import ABSORBED
from mijoz.scenarios import enrolling, triggering, variables, wording
from mijoz.scenarios.choosing.choice import choose
from mijoz.scenarios.definition import BEST, Definition, Message, has_occasions
from mijoz.scenarios.models import Scenario
from mijoz.segments.membership import source
from mijoz.segments.rules import Condition, compile_rule

MOST_ASKED = 1_000  # customers for whom the gate is asked; of more it is a sample
EXAMPLES = 3
# In this order one is left out; the names of the last two are those of the arms.
AGAINST: dict[str, str | Promise] = {
    "unprofiled": _("do not want to be judged by their data, or their record is locked"),
    "before": _("have been in it, and it is too soon to come again"),
    "outside_pilot": _("outside the share of the pilot"),
    "control": _("in the control group of all scenarios"),
    "rule": _("do not fit the conditions"),
    "held_out": _("kept for comparison"),
}
JUDGED = """
    WITH RECURSIVE {absorbed}, triggered AS ({triggered}), judged AS (
        SELECT c.id, CASE
            WHEN NOT ({may_be_profiled}) THEN 'unprofiled'
            WHEN EXISTS (
                SELECT FROM scenarios_enrolment e WHERE e.scenario_id = %(scenario)s AND {barred}
                  AND (e.customer_id = c.id OR e.customer_id IN (SELECT id FROM absorbed WHERE root = c.id))
            ) THEN 'before'
            WHEN NOT ({in_pilot}) THEN 'outside_pilot'
            WHEN %(is_marketing)s AND ({in_control}) THEN 'control'
            WHEN NOT coalesce(({rule}), false) THEN 'rule'
            WHEN {held_out} THEN 'held_out' ELSE 'served' END AS verdict
        FROM {source} WHERE c.merged_into_id IS NULL
    )
    SELECT verdict, count(*), (array_agg(id ORDER BY id))[1:%(most)s] FROM judged GROUP BY verdict
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Customers whom one thing speaks against, with a few of them."""

    key: str
    label: str | Promise
    customers: int
    examples: list[Customer]


@dataclass(frozen=True, slots=True)
class GateCount:
    """What the gate would say to so many; `later` when it only puts off."""

    label: str
    customers: int
    later: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The gate asked about the first message: for how many, what it says, and by channel and language who gets it."""

    asked: int
    is_sample: bool
    allowed: int
    against: list[GateCount]
    ways: list[tuple[str, str, int, int]]  # channel, language, allowed now, in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """All whom the trigger takes now; `served` would get the scenario."""

    triggered: int
    served: int
    left_out: list[LeftOut] = field(default_factory=list)
    gate: Asked | None = None


def funnel(definition: Definition, *, scenario: Scenario | None, at: datetime) -> Funnel:
    """Everybody whom the trigger takes at `at`, and what becomes of them; nothing is changed."""
    judged = _judged(definition, scenario=scenario, at=at)
    with connection.cursor() as cursor:
        cursor.execute(judged.sql, judged.parameters)
        found = {verdict: (count, list(some)) for verdict, count, some in cursor.fetchall()}
    customers = Customer.objects.in_bulk([pk for _count, some in found.values() for pk in some[:EXAMPLES]])
    left_out = [
        LeftOut(key, label, found[key][0], [customers[pk] for pk in found[key][1][:EXAMPLES]])
        for key, label in AGAINST.items()
        if key in found
    ]
    served, some = found.get("served", (0, []))
    return Funnel(
        triggered=sum(count for count, _some in found.values()),
        served=served,
        left_out=left_out,
        gate=_ask_gate(definition, some, served=served, at=at) if some else None,
    )


def _judged(definition: Definition, *, scenario: Scenario | None, at: datetime) -> Condition:
    nobody = Condition(enrolling.NOBODY, {})
    triggered = triggering.triggered(definition.trigger, enrolling.look_of(scenario, at=at)) or nobody
    who = enrolling.fitting(definition, scenario=scenario, at=at)
    rule = compile_rule(definition.eligibility, prefix="e") if definition.eligibility else Condition("true", {})
    barred = enrolling.BARRED_BY_OCCASION if has_occasions(definition.trigger) else enrolling.BARRED
    sql = JUDGED.format(
        absorbed=ABSORBED,
        triggered=triggered.sql,
        may_be_profiled=MAY_BE_PROFILED.format(customer="c.id"),
        barred=barred,
        in_pilot=enrolling.IN_PILOT.format(customer="c.id"),
        in_control=control.IN_CONTROL.format(customer="c.id"),
        held_out=enrolling.HELD_OUT.format(customer="c.id"),
        source=source(of="triggered"),
        rule=rule.sql,
    )
    return Condition(sql, who.parameters | {"most": MOST_ASKED})


def _ask_gate(definition: Definition, some: Sequence[int], *, served: int, at: datetime) -> Asked | None:
    """What the gate says now to the first message of these customers, each in the language they would get it in."""
    step = next((placed.step for placed in definition.placed if isinstance(placed.step, Message)), None)
    if step is None:
        return None
    own = dict(Customer.objects.filter(pk__in=some).values_list("pk", "language"))
    ways = dict.fromkeys(some, step.channel)
    if step.channel == BEST:
        chosen = choose(some, channels=open_channels(), purpose=definition.purpose, at=at)
        ways = {pk: one.channel for pk, one in chosen.items()}
    by_channel = {channel: step.by(channel) for channel in set(ways.values())}
    messages = [
        _unsent(by_channel[channel], definition, pk, _language(by_channel[channel], own[pk]), channel, at)
        for pk, channel in ways.items()
    ]
    counted: Counter[tuple[str, bool]] = Counter()
    counts: dict[tuple[str, str], list[int]] = {}
    for message, (verdict, _facts) in zip(messages, gate.decide_all(messages, at), strict=True):
        way = counts.setdefault((message.get_channel_display(), message.language), [0, 0])
        way[1] += 1
        if isinstance(verdict, gate.Allowed):
            way[0] += 1
        else:
            counted[str(Reason(verdict.reason).label), isinstance(verdict, gate.Later)] += 1
    return Asked(
        asked=len(messages),
        is_sample=served > len(messages),
        allowed=sum(allowed for allowed, _all in counts.values()),
        against=[GateCount(label, count, later) for (label, later), count in counted.most_common()],
        ways=[(name, language, allowed, all_) for (name, language), (allowed, all_) in sorted(counts.items())],
    )


def _language(step: Message, own: str) -> str:
    default = business().language
    return next((code for code in (own, default) if code in step.texts), next(iter(step.texts)))


def _unsent(
    step: Message, definition: Definition, customer: int, language: str, channel: str, at: datetime
) -> OutgoingMessage:
    texts = (step.subjects.get(language, ""), step.texts[language])
    fields: dict[str, Any] = {
        "customer_id": customer,
        "channel": channel,
        "purpose": definition.purpose,
        "language": language,
        "priority": definition.priority,
        "reveals": variables.cost(wording.revealed(*texts)),
        "send_after": at,
        "expires_at": at + USEFUL_FOR,
        "created_at": at,
    }
    return OutgoingMessage(**fields)
