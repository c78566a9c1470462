"""Facts of which a condition says more: consent for a purpose by a channel, a trait by its name, another segment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ConfigDict
from pydantic import Field as Limits

from mijoz.customers.choosing import COUNTS, RANK
from mijoz.customers.models import Purpose
from mijoz.customers.privacy import own_yes
from mijoz.customers.wording import CHANNELS, WRITTEN_CHANNELS
from mijoz.segments import fields, happenings
from mijoz.segments.fields import CONSENT, PERSON, SEGMENTS, Family, Field, Kind, Label
from mijoz.segments.models import Segment

# Of the answer for the channel and that for all the later one counts, of two at one moment the no: as the gate has it.
CONSENTS = f"""
    SELECT DISTINCT ON (a.customer_id) a.customer_id, CASE WHEN a.granted THEN 'given' ELSE 'refused' END AS value
    FROM customers_consent a WHERE a.purpose = %({{name}}0)s AND {own_yes.sql("a", "%({name}1)s")}
    ORDER BY a.customer_id, a.answered_at DESC, a.granted
"""  # noqa: S608 - built from constants
TRAITS = f"""
    SELECT DISTINCT ON (o.customer_id) o.customer_id, {{value}} AS value
    FROM customers_ownership o JOIN customers_trait t ON t.identity_id = o.identity_id
    WHERE t.name = %({{name}}0)s AND {COUNTS}
    ORDER BY o.customer_id, {RANK}, t.told_at DESC, t.source_id, t.identity_id
"""  # noqa: S608 - built from constants
MEMBERS = """
    SELECT m.customer_id, {value} AS value
    FROM segments_membership m JOIN segments_segment g ON g.id = m.segment_id
    WHERE g.key = %({name}0)s AND m.left_at IS NULL
"""
DAYS_IN = "greatest(%(as_of)s::date - (m.entered_at AT TIME ZONE %(zone)s)::date, 0)"
TEXT_VALUE = "nullif(t.value, '')"
NUMBER_VALUE = f"CASE WHEN t.value ~ '{happenings.NUMBER}' THEN t.value::numeric END"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsentOf(_Said):
    purpose: Purpose
    channel: Literal["", "email", "sms", "telegram", "phone"] = ""  # "" is the answer for all channels


class TraitOf(_Said):
    name: str = Limits(pattern=r"^[\w .:-]{1,60}$")


class SegmentOf(_Said):
    key: str = Limits(max_length=40)


def _name(key: str) -> str:
    """The beginning of the names of this fact's parameters."""
    return "g" + hashlib.sha256(key.encode()).hexdigest()[:12] + "_"


def _consent(key: str, said: ConsentOf) -> Field:
    name = _name(key)

    def label() -> str:
        given = {"purpose": str(Purpose(said.purpose).label).lower(), "channel": str(CHANNELS.get(said.channel, ""))}
        return (
            _("consent (%(purpose)s, %(channel)s)") % given
            if said.channel
            else _("consent (%(purpose)s, all channels)") % given
        )

    return Field(
        key=key,
        label=lazy(label, str)(),
        kind=Kind.CHOICE,
        group=CONSENT,
        relation=CONSENTS.format(name=name),
        absent="'none'",
        parameters={f"{name}0": said.purpose.value, f"{name}1": said.channel},
        choices=answers,
    )


def answers() -> list[tuple[str, Label]]:
    """What somebody can have said to a purpose."""
    return [("given", _("given")), ("refused", _("refused")), ("none", _("not asked yet"))]


def consent_channels() -> list[tuple[str, Label]]:
    return [("", _("all channels")), *((channel, CHANNELS[channel]) for channel in WRITTEN_CHANNELS)]


def _trait(kind: Kind, key: str, said: TraitOf) -> Field:
    name = _name(key)
    value = NUMBER_VALUE if kind is Kind.AMOUNT else TEXT_VALUE
    return Field(
        key=key,
        label=lazy(lambda: _("trait “%(name)s”") % {"name": said.name}, str)(),
        kind=kind,
        group=PERSON,
        relation=TRAITS.format(name=name, value=value),
        parameters={f"{name}0": said.name},
    )


_known: ContextVar[Mapping[str, Segment] | None] = ContextVar("segments known by their keys", default=None)


@contextmanager
def names_of(segments: Iterable[Segment]) -> Iterator[None]:
    """Meanwhile these segments are named, in whatever language, without asking the database for each."""
    token = _known.set({segment.key: segment for segment in segments})
    try:
        yield
    finally:
        _known.reset(token)


def name_of(key: str) -> str:
    """What the segment is called in the language of the page; its key where there is none."""
    segment = (_known.get() or {}).get(key) or Segment.objects.filter(key=key).first()
    return segment.name if segment else key


def _segment(measure: Literal["in", "days"], key: str, said: SegmentOf) -> Field:
    name = _name(key)
    common: dict[str, Any] = {
        "key": key,
        "group": SEGMENTS,
        "parameters": {f"{name}0": said.key},
        "in_segment": said.key,
    }
    if measure == "in":
        return Field(
            label=lazy(lambda: _("is in “%(segment)s”") % {"segment": name_of(said.key)}, str)(),
            denied=lazy(lambda: _("is not in “%(segment)s”") % {"segment": name_of(said.key)}, str)(),
            kind=Kind.FLAG,
            relation=MEMBERS.format(name=name, value="true"),
            absent="false",
            **common,
        )
    return Field(
        label=lazy(lambda: _("time in “%(segment)s”") % {"segment": name_of(said.key)}, str)(),
        kind=Kind.DAYS,
        relation=MEMBERS.format(name=name, value=DAYS_IN),
        **common,
    )


def register() -> None:
    for family in (
        Family(
            key="consent",
            label=gettext_lazy("consent"),
            group=CONSENT,
            kind=Kind.CHOICE,
            of=ConsentOf,
            field=_consent,
            choices=answers,
        ),
        Family(
            key="trait",
            kind=Kind.TEXT,
            label=gettext_lazy("another trait, as text"),
            group=PERSON,
            of=TraitOf,
            field=lambda key, said: _trait(Kind.TEXT, key, said),
        ),
        Family(
            key="trait_number",
            kind=Kind.AMOUNT,
            label=gettext_lazy("another trait, as a number"),
            group=PERSON,
            of=TraitOf,
            field=lambda key, said: _trait(Kind.AMOUNT, key, said),
        ),
        Family(
            key="segment",
            kind=Kind.FLAG,
            label=gettext_lazy("another segment"),
            group=SEGMENTS,
            of=SegmentOf,
            field=lambda key, said: _segment("in", key, said),
        ),
        Family(
            key="days_in_segment",
            kind=Kind.DAYS,
            label=gettext_lazy("time in another segment"),
            group=SEGMENTS,
            of=SegmentOf,
            field=lambda key, said: _segment("days", key, said),
        ),
    ):
        fields.register_family(family)
