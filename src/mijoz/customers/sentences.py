"""Each known type of event as a sentence; a type that nobody knows is shown as it is.

Pure: rows and names come in, entries go out. `queries.timeline` reads the rows.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mijoz.customers import timeline, wording
from mijoz.customers.models import Purpose
from mijoz.customers.timeline import BOUGHT_TOGETHER, Entry, Happening, Line, Names, moment, number, text
from mijoz.events.models import Event
from mijoz.ui import formats

NAMED_ITEMS = 2


def entry(happening: Happening, names: Names, *, contacts_hidden: bool = False) -> Entry:
    """The happening in a sentence. What a type we do not know carries is left out when contacts are hidden."""
    first = happening.rows[0]
    if first.type in BOUGHT_TOGETHER:
        return _bought(happening, names)
    tell = SENTENCES.get(first.type)
    if tell is None:
        return _unknown(first, names, contacts_hidden=contacts_hidden)
    return tell(first, names)


def _bought(happening: Happening, names: Names) -> Entry:
    bought, gifts, visits = ([row for row in happening.rows if row.type == type_] for type_ in BOUGHT_TOGETHER)
    first = (bought or gifts or visits)[0]
    notes = [_where(first, names), *(note for row in visits for note in [*_minutes(row), text(row, "staff")])]
    if happening.discount:
        notes.append(
            _("discount %(sum)s") % {"sum": formats.money(happening.discount, first.currency or names.currency)}
        )
    if first.reference and bought:
        notes.append(f"№\u00a0{first.reference}")
    note = " · ".join(filter(None, notes))
    shown = [*bought, *gifts]
    lines = [_line(row) for row in shown] if len(shown) > 1 else []
    if bought:
        return Entry(
            happening.at,
            title=_titled(_("Bought %(items)s"), bought, happening.lines, _("Purchase")),
            icon="shopping-bag",
            tone="brand",
            note=note,
            lines=lines,
            more_lines=max(0, happening.lines - len(bought)),
            amount=happening.amount,
            currency=first.currency or names.currency,
        )
    if gifts:
        title = _titled(_("Got as a gift: %(items)s"), gifts, len(gifts), _("Gift"))
        return Entry(happening.at, title=title, icon="gift", tone="accent", note=note, lines=lines)
    return Entry(happening.at, title=_("Visited"), icon="door-enter", note=note)


def _titled(pattern: str, rows: list[Event], lines: int, fallback: str) -> str:
    """The pattern with the names of the first different items and how many lines there are besides."""
    different = list(dict.fromkeys(row.item for row in rows if row.item))[:NAMED_ITEMS]
    if not different:
        return fallback
    items = ", ".join(different)
    rest = lines - sum(row.item in different for row in rows)
    if rest > 0:
        items = ngettext("%(items)s and %(n)s more", "%(items)s and %(n)s more", rest) % {"items": items, "n": rest}
    return pattern % {"items": items}


def _line(row: Event) -> Line:
    return Line(row.item or _("Without a name"), row.quantity, row.amount, is_gift=row.type == "gift_line")


def _minutes(row: Event) -> list[str]:
    """How long the visit took, in whole minutes."""
    waited, took = (round(number(row, key) or 0) for key in ("waited_minutes", "took_minutes"))
    told = [_("waited %(time)s") % {"time": formats.duration(waited * 60)}] if waited > 0 else []
    return told + ([_("served in %(time)s") % {"time": formats.duration(took * 60)}] if took > 0 else [])


def _where(row: Event, names: Names) -> str:
    branch = names.branches.get(row.branch, row.branch)
    return " · ".join(filter(None, [branch, wording.channel(row.channel)]))


def _refund(row: Event, names: Names) -> Entry:
    return Entry(
        row.occurred_at,
        title=_("Money back for %(item)s") % {"item": row.item} if row.item else _("Money back"),
        icon="receipt-refund",
        tone="warning",
        note=" · ".join(filter(None, [_where(row, names), row.reference and f"№\u00a0{row.reference}"])),
        amount=row.amount,
        currency=row.currency or names.currency,
    )


def _booking(row: Event, names: Names) -> Entry:
    starts = moment(row, "starts_at")
    told = {"item": row.item, "moment": formats.moment(starts)}
    if row.item and starts:
        title = _("Booked %(item)s for %(moment)s") % told
    elif starts:
        title = _("Booked for %(moment)s") % told
    else:
        title = _("Booked %(item)s") % told if row.item else _("Booked")
    return Entry(row.occurred_at, title=title, icon="calendar-plus", tone="brand", note=_where(row, names))


def _booking_missed(row: Event, names: Names) -> Entry:
    starts = moment(row, "starts_at")
    told = [row.item, formats.moment(starts) if starts else "", _where(row, names)]
    note = " · ".join(filter(None, told))
    return Entry(row.occurred_at, title=_("Did not come to a booking"), icon="calendar-x", tone="bad", note=note)


def _booking_cancelled(row: Event, names: Names) -> Entry:
    starts = moment(row, "starts_at")
    told = [row.item, formats.moment(starts) if starts else "", _where(row, names)]
    note = " · ".join(filter(None, told))
    return Entry(row.occurred_at, title=_("Cancelled a booking"), icon="calendar-off", tone="warning", note=note)


def _case_opened(row: Event, names: Names) -> Entry:
    kind, title = text(row, "kind"), _("Asked for something")
    if kind == "complaint":
        title = _("A case was opened for a complaint")
    elif kind == "warranty":
        title = _("Claimed under warranty")
    note = " · ".join(filter(None, [_touchpoint(row), _case_note(row, names)]))
    tone = "neutral" if kind == "request" else "warning"
    return Entry(row.occurred_at, title=title, icon="folder-open", tone=tone, note=note, quote=text(row, "subject"))


def _case_answered(row: Event, names: Names) -> Entry:
    title = _("Answered by the machine") if text(row, "by") == "machine" else _("We answered")
    return Entry(row.occurred_at, title=title, icon="message-reply", tone="brand", note=_case_note(row, names))


def _case_resolved(row: Event, names: Names) -> Entry:
    told = row.payload or {}
    notes = [_case_note(row, names)]
    if told.get("first_time") is True:
        notes.append(_("right the first time"))
    elif told.get("first_time") is False:
        notes.append(_("not right the first time"))
    if told.get("automatic") is True:
        notes.append(_("without staff"))
    note = " · ".join(filter(None, notes))
    return Entry(row.occurred_at, title=_("Case resolved"), icon="folder-check", tone="good", note=note)


def _case_reopened(row: Event, names: Names) -> Entry:
    note = _case_note(row, names)
    return Entry(row.occurred_at, title=_("Case opened again"), icon="folder-exclamation", tone="bad", note=note)


def _case_note(row: Event, names: Names) -> str:
    number = row.reference and f"№\u00a0{row.reference}"
    return " · ".join(filter(None, [_where(row, names), number, text(row, "staff")]))


def _touchpoint(row: Event) -> str:
    touchpoint = text(row, "touchpoint")
    return str(wording.TOUCHPOINTS.get(touchpoint, touchpoint))


def _complaint(row: Event, names: Names) -> Entry:
    touchpoint = text(row, "touchpoint")
    title = _("Complained")
    if touchpoint:
        title = _("Complained: %(touchpoint)s") % {"touchpoint": wording.TOUCHPOINTS.get(touchpoint, touchpoint)}
    return Entry(
        row.occurred_at,
        title=title,
        icon="message-report",
        tone="bad",
        note=_where(row, names),
        quote=text(row, "text"),
    )


def _survey(row: Event, names: Names) -> Entry:
    title, tone = _scored(text(row, "kind"), number(row, "score"))
    quote = text(row, "comment") or text(row, "text")
    return Entry(row.occurred_at, title=title, icon="star", tone=tone, note=_where(row, names), quote=quote)


def _scored(kind: str, score: float | None) -> tuple[str, str]:
    """An answer in words, and its tone."""
    if score is None:
        return _("Answered a survey"), "neutral"
    figure = formats.number(score)
    if kind == "csat":
        return _("Satisfied: %(score)s of 5") % {"score": figure}, _tone(score, bad=2, good=4)
    if kind == "nps":
        return _("Would recommend us: %(score)s of 10") % {"score": figure}, _tone(score, bad=6, good=9)
    return _("Answered %(kind)s: %(score)s") % {"kind": kind.upper(), "score": figure}, "neutral"


def _tone(score: float, *, bad: float, good: float) -> str:
    return "good" if score >= good else "bad" if score <= bad else "warning"


def _message_sent(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("We wrote"), icon="send", tone="brand")


def _message_failed(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message did not arrive"), icon="mail-off", tone="bad")


def _message_stopped(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message was held back"), icon="hand-stop", tone="warning")


def _message_delivered(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message arrived"), icon="mail-check", tone="good")


def _message_opened(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message was opened"), icon="mail-opened", tone="neutral")


def _message_clicked(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A link in a message was opened"), icon="click", tone="good")


def _message_bounced(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message came back"), icon="mail-off", tone="bad")


def _message_complained(row: Event, names: Names) -> Entry:
    return _of_message(row, names, _("A message was called spam"), icon="mail-x", tone="bad")


def _message_received(row: Event, names: Names) -> Entry:
    return Entry(
        row.occurred_at,
        title=_("Wrote to us"),
        icon="message-circle",
        tone="brand",
        note=wording.channel(row.channel),
        quote=text(row, "text"),
    )


def _channel_linked(row: Event, names: Names) -> Entry:
    how = _("by a link of ours") if text(row, "how") == "link" else _("by their own contact")
    title = _("Connected %(channel)s") % {"channel": wording.channel(row.channel)}
    return Entry(row.occurred_at, title=title, icon="link", tone="good", note=how)


def _of_message(row: Event, names: Names, title: str, *, icon: str, tone: str) -> Entry:
    note = _message_note(row, names)
    return Entry(row.occurred_at, title=_with_subject(row, title), icon=icon, tone=tone, note=note)


def _with_subject(row: Event, title: str) -> str:
    subject = text(row, "subject")
    return f"{title}: {subject}" if subject else title


def _message_note(row: Event, names: Names) -> str:
    reason = text(row, "reason")
    notes = [wording.channel(row.channel), names.of("reason", reason) if reason else "", _of_scenario(row, names)]
    return " · ".join(filter(None, notes))


def _offer_taken(row: Event, names: Names) -> Entry:
    title = _("Wants what we offered: %(service)s") % {"service": row.item}
    return Entry(row.occurred_at, title=title, icon="thumb-up", tone="good")


def _offer_refused(row: Event, names: Names) -> Entry:
    return Entry(row.occurred_at, title=_("Did not want: %(service)s") % {"service": row.item}, icon="thumb-down")


def _enrolled(row: Event, names: Names) -> Entry:
    name = {"name": names.of("scenario", timeline.scenario_key(row))}
    segment = text(row, "segment")
    note = _("from the segment %(name)s") % {"name": names.of("segment", segment)} if segment else ""
    if text(row, "arm") == "hold-out":
        title = _("Watched for comparison, without the scenario %(name)s") % name
        return Entry(row.occurred_at, title=title, icon="eye", note=note)
    title = _("Entered the scenario %(name)s") % name
    return Entry(row.occurred_at, title=title, icon="route", tone="accent", note=note)


def _goal(row: Event, names: Names) -> Entry:
    title = _("Reached the goal of a scenario")
    return Entry(row.occurred_at, title=title, icon="target-arrow", tone="good", note=_of_scenario(row, names))


def _offer(row: Event, names: Names) -> Entry:
    keys = timeline.offer_keys(row)
    offer = names.of("offer", keys[0]) if keys else text(row, "offer") or row.item
    title = _("Got an offer: %(offer)s") % {"offer": offer} if offer else _("Got an offer")
    return Entry(row.occurred_at, title=title, icon="discount", tone="accent", note=_of_scenario(row, names))


def _redeemed(row: Event, names: Names) -> Entry:
    named = ", ".join(names.of("offer", key) for key in timeline.offer_keys(row))
    points, notes = number(row, "points"), [_where(row, names)]
    if points and named:
        notes.append(_("%(points)s points") % {"points": formats.number(points)})
    if row.discount:
        notes.append(_("discount %(sum)s") % {"sum": formats.money(row.discount, row.currency or names.currency)})
    if named:
        title = _("Used an offer: %(offer)s") % {"offer": named}
    else:
        title = _("Paid with %(points)s points") % {"points": formats.number(points or 0)}
    return Entry(row.occurred_at, title=title, icon="ticket", tone="accent", note=" · ".join(filter(None, notes)))


def _redemption_cancelled(row: Event, names: Names) -> Entry:
    named = ", ".join(names.of("offer", key) for key in timeline.offer_keys(row))
    title = _("Taken back: %(offer)s") % {"offer": named} if named else _("Points given back")
    note = " · ".join(filter(None, [_where(row, names), text(row, "reason")]))
    return Entry(row.occurred_at, title=title, icon="ticket-off", note=note)


def _points_adjusted(row: Event, names: Names) -> Entry:
    points = formats.signed(formats.number(number(row, "points")))
    title = _("Points changed: %(points)s") % {"points": points}
    note = " · ".join(filter(None, [text(row, "reason"), _author(row, names)]))
    return Entry(row.occurred_at, title=title, icon="coins", note=note)


def _tier_changed(row: Event, names: Names) -> Entry:
    tier = text(row, "tier")
    title = _("Tier: %(tier)s") % {"tier": names.of("tier", tier)} if tier else _("In no tier any more")
    return Entry(row.occurred_at, title=title, icon="trophy", tone="accent")


def _friend_referred(row: Event, names: Names) -> Entry:
    return Entry(row.occurred_at, title=_("Came by a friend's code"), icon="users", tone="accent")


def _protocol(row: Event, names: Names) -> Entry:
    told = []
    if package := text(row, "package"):
        told.append(_("package: %(name)s") % {"name": wording.PACKAGES.get(package, package)})
    if (priority := number(row, "priority")) is not None:
        told.append(_("priority: %(name)s") % {"name": wording.priority(int(priority))})
    told.append(_author(row, names) or _of_scenario(row, names))
    return Entry(
        row.occurred_at,
        title=_("Service protocol set"),
        icon="clipboard-list",
        tone="accent",
        note=" · ".join(filter(None, told)),
        quote=text(row, "script"),
    )


def _task_created(row: Event, names: Names) -> Entry:
    note = _of_scenario(row, names)
    return Entry(row.occurred_at, title=_("Task for staff"), icon="checkbox", note=note, quote=text(row, "text"))


def _task_done(row: Event, names: Names) -> Entry:
    return Entry(
        row.occurred_at,
        title=_("Task done"),
        icon="circle-check",
        tone="good",
        note=_of_scenario(row, names),
        quote=text(row, "text"),
    )


def _consent_given(row: Event, names: Names) -> Entry:
    title = _("Gave consent: %(purpose)s") % {"purpose": _purpose(row)}
    return Entry(row.occurred_at, title=title, icon="circle-check", tone="good", note=_consent_note(row, names))


def _consent_withdrawn(row: Event, names: Names) -> Entry:
    title = _("Withdrew consent: %(purpose)s") % {"purpose": _purpose(row)}
    return Entry(row.occurred_at, title=title, icon="circle-x", tone="bad", note=_consent_note(row, names))


def _purpose(row: Event) -> str:
    purpose = text(row, "purpose")
    return str(dict(Purpose.choices).get(purpose, purpose))


def _consent_note(row: Event, names: Names) -> str:
    channel, through = text(row, "channel"), text(row, "through")
    notes = [
        wording.channel(channel) if channel else wording.every_channel(),
        str(wording.GIVEN_THROUGH.get(through, through)),
        text(row, "proof"),
        _author(row, names),
    ]
    return " · ".join(filter(None, notes))


def _declared(row: Event, names: Names) -> Entry:
    traits = (row.payload or {}).get("traits")
    told = [name for name, value in traits.items() if value] if isinstance(traits, dict) else []
    title = _("Details told")
    if told:
        words = ", ".join(str(wording.TRAITS.get(name, name)) for name in told)
        title = _("Details told: %(what)s") % {"what": words}
    return Entry(row.occurred_at, title=title, icon="id", note=_author(row, names) or row.source.name)


def _unknown(row: Event, names: Names, *, contacts_hidden: bool) -> Entry:
    told = {} if contacts_hidden else row.payload or {}
    facts = [
        (wording.plain(str(name)), str(value))
        for name, value in told.items()
        if value not in (None, "") and not isinstance(value, dict | list)
    ]
    notes = [row.item, wording.channel(row.channel), row.reference and f"№\u00a0{row.reference}", row.source.name]
    return Entry(
        row.occurred_at,
        title=wording.plain(row.type),
        icon="point",
        note=" · ".join(filter(None, notes)),
        amount=row.amount,
        currency=row.currency or names.currency,
        facts=facts,
    )


def _of_scenario(row: Event, names: Names) -> str:
    key = timeline.scenario_key(row)
    return _("scenario %(name)s") % {"name": names.of("scenario", key)} if key else ""


def _author(row: Event, names: Names) -> str:
    address = timeline.author(row)
    return names.by_kind.get("staff", {}).get(address, address)


SENTENCES: dict[str, Callable[[Event, Names], Entry]] = {
    "refund_line": _refund,
    "booking_made": _booking,
    "booking_missed": _booking_missed,
    "booking_cancelled": _booking_cancelled,
    "case_opened": _case_opened,
    "case_answered": _case_answered,
    "case_resolved": _case_resolved,
    "case_reopened": _case_reopened,
    "complaint": _complaint,
    "survey_answered": _survey,
    "message_sent": _message_sent,
    "message_failed": _message_failed,
    "message_stopped": _message_stopped,
    "message_delivered": _message_delivered,
    "message_opened": _message_opened,
    "message_clicked": _message_clicked,
    "message_bounced": _message_bounced,
    "message_complained": _message_complained,
    "message_received": _message_received,
    "channel_linked": _channel_linked,
    "scenario_enrolled": _enrolled,
    "goal_reached": _goal,
    "offer_made": _offer,
    "offer_taken": _offer_taken,
    "offer_refused": _offer_refused,
    "protocol_set": _protocol,
    "offer_redeemed": _redeemed,
    "offer_cancelled": _redemption_cancelled,
    "points_adjusted": _points_adjusted,
    "tier_changed": _tier_changed,
    "friend_referred": _friend_referred,
    "task_created": _task_created,
    "task_done": _task_done,
    "consent_given": _consent_given,
    "consent_withdrawn": _consent_withdrawn,
    "profile_declared": _declared,
}
