"""The trade as events: consents, bookings, visits, purchases, refunds."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis.simulator.kinds import Ints
from mijoz.analysis.simulator.log import CURRENCY, Log, as_json
from mijoz.analysis.simulator.people import PURPOSES
from mijoz.analysis.simulator.period import DAY_SECONDS, choose_days
from mijoz.analysis.simulator.purchases import ANONYMOUS

FIRST_MISSED_NUMBER = 1_001
MISSED_AFTER_SECONDS = 20 * 60
CANCELLED_AT_TENTHS = 7  # of the way from the booking to when it would have begun
CONSENT_PROOF = "form signed at the first visit"


def add_consents(log: Log, *, paid: Ints) -> None:
    """What customers agreed to, told when they paid for the first time."""
    first = np.flatnonzero(log.story.purchases.is_first)
    customer = log.story.purchases.customer[first]
    numbers = pl.Series(log.story.people.numbers)
    for place, purpose in enumerate(PURPOSES):
        agreed = log.story.people.consents[customer, place]
        log.add(
            "consent_given",
            at=paid[first[agreed]],
            customer=customer[agreed],
            message_id=numbers.gather(customer[agreed]) + f"/consent/{purpose}",
            payload=as_json(purpose=purpose, channel="", proof=CONSENT_PROOF),
        )


def add_bookings(log: Log, *, reference: pl.Series, channel: Ints) -> None:
    """Bookings made, missed and cancelled. One that was kept has the number of its purchase, the others their own."""
    story = log.story
    missed_number = "B" + pl.Series(np.arange(len(story.missed.purchase)) + FIRST_MISSED_NUMBER).cast(pl.String)
    cancelled_number = "R" + pl.Series(np.arange(len(story.cancelled.purchase)) + FIRST_MISSED_NUMBER).cast(pl.String)
    for bookings, number in (
        (story.kept, reference.gather(story.kept.purchase)),
        (story.missed, missed_number),
        (story.cancelled, cancelled_number),
    ):
        starts_at = story.period.moments(bookings.starts).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        columns: dict[str, Any] = {
            "customer": story.purchases.customer[bookings.purchase],
            "reference": number,
            "item": story.opening_items.gather(bookings.purchase),
            "branch": story.visits.branch[bookings.purchase],
            "channel": channel[bookings.purchase],
            "payload": '{"starts_at":"' + starts_at + '"}',
        }
        log.add("booking_made", at=bookings.made, message_id=number + "/booking", **columns)
        if bookings is story.missed:
            missed_at = bookings.starts + MISSED_AFTER_SECONDS
            log.add("booking_missed", at=missed_at, message_id=number + "/missed", **columns)
        elif bookings is story.cancelled:
            cancelled_at = bookings.made + (bookings.starts - bookings.made) * CANCELLED_AT_TENTHS // 10
            log.add("booking_cancelled", at=cancelled_at, message_id=number + "/cancelled", **columns)


def add_visits(log: Log, *, reference: pl.Series, channel: Ints, served_by: pl.Series) -> None:
    """Visits of known customers, with minutes of waiting and of service and who served; `served_by` are names."""
    story = log.story
    known = np.flatnonzero(story.purchases.customer != ANONYMOUS)
    waited = pl.Series(story.visits.waited_minutes[known]).cast(pl.String)
    took = pl.Series(story.visits.took_minutes[known]).cast(pl.String)
    log.add(
        "visit",
        at=story.purchases.day[known] * DAY_SECONDS + story.visits.arrived[known],
        customer=story.purchases.customer[known],
        message_id=reference.gather(known) + "/visit",
        reference=reference.gather(known),
        item=story.opening_items.gather(known),
        branch=story.visits.branch[known],
        channel=channel[known],
        payload='{"waited_minutes":'
        + waited
        + ',"took_minutes":'
        + took
        + ',"touchpoint":"performance","staff":"'
        + served_by.gather(known)
        + '"}',
    )


def add_lines(log: Log, *, paid: Ints, reference: pl.Series, channel: Ints) -> None:
    """Purchase lines and gifts."""
    story = log.story
    for type_, mine in (("purchase_line", ~story.lines.is_gift), ("gift_line", story.lines.is_gift)):
        purchase = story.lines.purchase[mine]
        number = reference.gather(purchase)
        log.add(
            type_,
            at=paid[purchase],
            customer=story.purchases.customer[purchase],
            message_id=number + "/" + pl.Series(story.lines.place[mine]).cast(pl.String),
            reference=number,
            item=story.service_names.gather(story.lines.service[mine]),
            quantity=story.lines.quantity[mine],
            amount=story.lines.amount[mine],
            discount=story.lines.discount[mine],
            currency=CURRENCY,
            branch=story.visits.branch[purchase],
            channel=channel[purchase],
        )


def add_refunds(rng: np.random.Generator, log: Log, *, reference: pl.Series, channel: Ints) -> None:
    """Money back for one line, on one of the days after the purchase, under a number of its own."""
    story = log.story
    line = np.flatnonzero(story.lines.is_refunded)
    next_day = story.purchases.day[story.lines.purchase[line]] + 1
    is_open = np.array([float(span is not None) for span in story.sector.week])[story.period.weekdays]
    latest = np.full(len(line), story.period.days - 1)
    day, possible = choose_days(rng, next_day, earliest=next_day, latest=latest, weights=is_open)
    line, day = line[possible], day[possible]
    purchase = story.lines.purchase[line]
    number = "C" + reference.gather(purchase)
    log.add(
        "refund_line",
        at=day * DAY_SECONDS + story.hours.draw(rng, day),
        customer=story.purchases.customer[purchase],
        message_id=number + "/1",
        reference=number,
        item=story.service_names.gather(story.lines.service[line]),
        quantity=-story.lines.quantity[line],
        amount=-story.lines.amount[line],
        discount=np.zeros(len(line), dtype=np.int64),
        currency=CURRENCY,
        branch=story.visits.branch[purchase],
        channel=channel[purchase],
    )
