"""Fifty segments over a million customers and twenty million events, against the bare SQL that counts the same.

    python benchmarks/segments_at_scale.py [--customers 1000000] [--events 20000000] [--touched 10]

Filling the database does not count. The rules are of all kinds: profile, RFM, events with counts, sums and windows,
consent by channel, traits, tags, other segments. Measured are:

    bare SQL, a count for each      SELECT count(*) with each condition, each a statement of its own, as somebody
                                    would write it by hand: what is asked of the log is a grouped join over all events
    refresh, nothing changed        the same questions answered for all at once, compared with who is there now
    refresh, the next day           the same a day later: windows have moved, and so have customers
    event to membership             one row recorded; how long until its customer is in the segment it belongs to, with
                                    the threads that project and judge running; median and longest of `touched`

Beside the seconds on the clock stand those that processors worked, the database's with them: what else runs on the
machine stretches the one and not the other.

Fails when a refresh takes 60 s or more, an event 2 s or more, or when the members of a segment are not as many as the
bare SQL counts. Needs some 15 GB of disk meanwhile at full size.
"""

from __future__ import annotations

import argparse
import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

AT = datetime.now(UTC).replace(microsecond=0)
DAYS = 720
MOST_SECONDS, MOST_SECONDS_AT_ONCE = 60.0, 2.0
TYPES = ("purchase_line", "visit", "booking_made", "booking_missed", "complaint", "message_sent", "test_drive")
SHARES = (0.5, 0.25, 0.1, 0.04, 0.03, 0.06, 0.02)
ITEMS = tuple(f"service {number}" for number in range(40))
PIECE = 2_000_000

CUSTOMERS = """
    INSERT INTO customers_customer (number, search_key, language, phone, email, birth_on, city)
    SELECT n::text, ' ' || n, (ARRAY['uz', 'ru', 'en', ''])[1 + n %% 4], '+99890' || lpad(n::text, 7, '0'),
           CASE WHEN n %% 3 = 0 THEN n || '@example.uz' ELSE '' END,
           '1960-01-01'::date + (n::bigint * 7919 %% 16000)::integer,
           (ARRAY['Toshkent', 'Samarqand', ''])[1 + n %% 3]
    FROM generate_series(1, %(n)s) n
"""
IDENTITIES = """
    INSERT INTO events_identity (kind, account, value)
    SELECT 'card', '', n::text FROM generate_series(1, %(n)s) n ORDER BY n;
    INSERT INTO customers_ownership (identity_id, customer_id, home_id)
    SELECT i.id, c.id, c.id FROM events_identity i JOIN customers_customer c ON c.number = i.value ORDER BY i.id;
    INSERT INTO events_source (name, kind, origins) VALUES ('till', 'file', '[]'), ('site', 'site', '[]');
    INSERT INTO customers_consent (customer_id, purpose, channel, granted, answered_at)
    SELECT id, 'marketing', (ARRAY['', 'email', 'sms'])[1 + id %% 3], id %% 7 < 4, '2026-01-01'
    FROM customers_customer WHERE id %% 10 < 7;
    INSERT INTO customers_tag (name) VALUES ('vip'), ('allergy'), ('corporate');
    INSERT INTO customers_tagging (customer_id, tag_id)
    SELECT c.id, t.id FROM customers_customer c JOIN customers_tag t ON t.id = 1 + c.id %% 3 WHERE c.id %% 20 = 0;
    INSERT INTO customers_trait (identity_id, source_id, name, value, original, told_at)
    SELECT i.id, s.id, 'shoe_size', (36 + i.id %% 10)::text, (36 + i.id %% 10)::text, '2026-01-01'
    FROM events_identity i, events_source s WHERE s.name = 'till' AND i.id %% 5 = 0
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'events_event' AND indexname NOT LIKE '%_pkey'
"""


def draw(customers: int, events: int) -> pl.DataFrame:
    """Events, the same in every run: customer, type, how many seconds ago, item, amount."""
    chance = np.random.default_rng(3)
    weights = chance.gamma(0.7, size=customers)
    who = np.repeat(np.arange(1, customers + 1), 1 + chance.multinomial(events - customers, weights / weights.sum()))
    away, life = chance.exponential(60, customers), chance.uniform(0, 500, customers)
    ago = np.minimum(away[who - 1] + life[who - 1] * chance.random(len(who)), DAYS) * 86_400
    kind = chance.choice(len(TYPES), size=len(who), p=SHARES)
    amount = np.where(kind < 2, np.round(chance.lognormal(11, 0.8, len(who)) / 100) * 100, 0)
    return pl.DataFrame(
        {
            "customer": who,
            "kind": kind.astype(np.int8),
            "ago": ago.astype(np.int32),
            "item": chance.integers(0, len(ITEMS), len(who)).astype(np.int8),
            "amount": amount.astype(np.int64),
            "reference": np.arange(len(who)) // 2,
        }
    )


def fill(drawn: pl.DataFrame, customers: int) -> None:
    """Customers, the log, and the profiles that follow from it."""
    from django.db import connection

    from mijoz.business.models import Business
    from mijoz.events.models import LakeStep
    from mijoz.segments import bulk

    Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", currency="UZS")
    with connection.cursor() as cursor:
        cursor.execute(CUSTOMERS, {"n": customers})
        cursor.execute(IDENTITIES, {"n": customers})
        cursor.execute("SELECT id FROM events_source WHERE name = 'till'")
        source = cursor.fetchone()[0]
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        cursor.execute("ALTER TABLE events_event DROP CONSTRAINT event_written_once")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")
        for start in range(0, drawn.height, PIECE):
            rows = rows_of(drawn.slice(start, PIECE), start, source)
            bulk.write(cursor, "events_event", rows)
            to_lake(rows, start)
        cursor.execute("SELECT pg_current_xact_id()::text::bigint + 1")
        LakeStep.objects.create(pk=1, next_transaction=cursor.fetchone()[0], rows=drawn.height)
        for _name, definition in indexes:
            cursor.execute(definition)
        bulk.write(cursor, "customers_profile", profiles_of(drawn))
        cursor.execute("VACUUM ANALYZE")


def rows_of(drawn: pl.DataFrame, start: int, source: int) -> pl.DataFrame:
    moment = pl.lit(AT).cast(pl.Datetime("us", "UTC")) - pl.duration(seconds="ago")
    return drawn.select(
        pl.lit(source).alias("source_id"),
        (pl.int_range(pl.len()) + start).cast(pl.String).alias("message_id"),
        pl.lit(pl.Series(TYPES)).gather("kind").alias("type"),
        pl.col("customer").alias("identity_id"),
        moment.alias("occurred_at"),
        pl.col("reference").cast(pl.String),
        pl.lit(pl.Series(ITEMS)).gather("item").alias("item"),
        pl.col("amount"),
        pl.lit('{"seats": ').add((pl.col("item") % 5).cast(pl.String)).add("}").alias("payload"),
    )


def to_lake(rows: pl.DataFrame, start: int) -> None:
    """The same rows as an export of the lake would write them, of the log's first step."""
    from mijoz.events import lake

    missing = [pl.lit(None, kind).alias(name) for name, kind in lake.SCHEMA.items() if name not in rows.columns]
    empty = [pl.lit("").alias(name) for name in ("currency", "branch", "channel")]
    whole = rows.with_columns(missing).with_columns(empty).with_columns(
        id=pl.int_range(pl.len()) + start + 1, source=pl.lit("till"), amount=pl.col("amount").cast(pl.Decimal(18, 4))
    )  # fmt: skip
    for (month,), of_month in whole.group_by(pl.col("occurred_at").dt.strftime("%Y-%m")):
        target = lake.folder() / f"month={month}" / f"{1:020}-{start // PIECE:04}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        of_month.select(list(lake.SCHEMA)).cast(lake.SCHEMA).write_parquet(target)


def begin() -> int:
    """Scores and memberships as a first refresh finds them, without reasons; returns how many memberships."""
    from django.db import connection

    from mijoz.segments import bulk, membership, queries, refreshing
    from mijoz.segments.models import RefreshRun

    judged = refreshing.judge(queries.ruled_segments(), profile=membership.PROFILE, day=day_of(AT))
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(membership.MAKE_FRESH)
        refreshing.update_scores(judged.customers)
        stays = judged.wanted.select(
            "segment_id", "customer_id", entered_at=pl.lit(AT - timedelta(days=3)), reason=pl.lit("{}")
        )
        bulk.write(
            cursor, "segments_membership", stays.with_columns(pl.col("entered_at").cast(pl.Datetime("us", "UTC")))
        )
        cursor.execute("SET session_replication_role = origin")
    cuts = {name: list(cut) for name, cut in judged.cuts.items()}
    RefreshRun.objects.create(status="done", as_of=day_of(AT), asked_at=AT, changed_at=AT, cuts=cuts)
    return judged.wanted.height


def profiles_of(drawn: pl.DataFrame) -> pl.DataFrame:
    moment = pl.lit(AT).cast(pl.Datetime("us", "UTC")) - pl.duration(seconds="ago")
    bought = pl.col("kind") == 0
    by_reference = (
        drawn.with_columns(at=moment)
        .group_by("customer", "reference", "kind")
        .agg(lines=pl.len(), amount=pl.col("amount").sum(), first_at=pl.col("at").min(), last_at=pl.col("at").max())
    )
    return by_reference.group_by(customer_id="customer").agg(
        first_seen_at=pl.col("first_at").min(),
        last_seen_at=pl.col("last_at").max(),
        first_purchase_at=pl.col("first_at").filter(bought).min(),
        last_purchase_at=pl.col("first_at").filter(bought).max(),
        purchases=bought.sum(),
        purchase_lines=pl.col("lines").filter(bought).sum(),
        revenue=pl.col("amount").filter(bought).sum(),
        complaints=pl.col("lines").filter(pl.col("kind") == 4).sum(),
        last_complaint_at=pl.col("last_at").filter(pl.col("kind") == 4).max(),
        discount_share=pl.lit(0.1),
        favourite_services=pl.lit([], pl.List(pl.String)),
    ).sort("customer_id")  # fmt: skip


def event(kind: str, op: str, value: Any, *, where: Sequence[dict[str, Any]] = (), **window: Any) -> dict[str, Any]:
    of = {"type": kind, "window": window, "where": list(where)}
    return {"field": "events", "of": of, "op": op, "value": value}


def own_rules() -> list[dict[str, Any]]:
    """Forty-five rules of all kinds; those at the end ask for some before them."""
    plov = [{"column": "item", "op": "in", "value": ["service 1", "service 2"]}]

    def plain(field: str, op: str, value: Any) -> dict[str, Any]:
        return {"field": field, "op": op, "value": value}

    def summed(days: int, value: int) -> dict[str, Any]:
        of = {"type": "purchase_line", "window": {"last_days": days}}
        return {"field": "events_sum", "of": of, "op": ">=", "value": value}

    def consent(channel: str, answer: str) -> dict[str, Any]:
        of = {"purpose": "marketing", "channel": channel}
        return {"field": "consent", "of": of, "op": "in", "value": [answer]}

    def inside(key: str, *, so: bool = True) -> dict[str, Any]:
        return {"field": "segment", "of": {"key": key}, "op": "is", "value": so}

    events = [event("visit", ">=", least, last_days=days) for days, least in ((7, 1), (30, 3), (60, 4), (90, 6))]
    events += [event("purchase_line", ">=", least, last_days=days) for days, least in ((14, 2), (30, 3), (90, 8))]
    events += [event("purchase_line", ">=", 2, where=plov, last_days=days) for days in (60, 120)]
    events += [
        event("visit", ">=", 2, days_ago=[30, 90]),
        event("booking_missed", ">=", 1, since=(AT - timedelta(days=90)).date().isoformat()),
    ]
    events += [summed(30, 400_000), summed(90, 900_000), summed(365, 3_000_000)]
    events += [event("complaint", ">=", 2), event("test_drive", ">=", 1, last_days=45)]
    last = {"field": "events_last", "of": {"type": "booking_made"}, "op": "<=", "value": 10}
    profile = [
        plain("revenue", ">=", 4_000_000), plain("purchases", ">=", 40), plain("average_check", ">=", 400_000),
        plain("days_since_last_purchase", ">=", 400), plain("days_to_birthday", "<=", 7), plain("age", "<=", 22),
        plain("days_to_anniversary", "<=", 3), plain("pauses_since_last_purchase", ">=", 9),
    ]  # fmt: skip
    scores = [
        {"all": [plain("r_score", "=", 5), plain("f_score", "=", 5), plain("m_score", "=", 5)]},
        {"all": [plain("r_score", "<=", 1), plain("m_score", ">=", 5)]},
        plain("rfm_score", ">=", 4.9),
        {"all": [plain("f_score", "=", 1), plain("r_score", "=", 5)]},
    ]
    told = [
        {"all": [consent("email", "given"), plain("has_email", "is", True), summed(60, 300_000)]},
        {"all": [consent("sms", "refused"), events[1]]},
        {"all": [consent("sms", "none"), events[4]]},
        plain("tags", "contains", ["vip"]),
        {"all": [{"field": "trait_number", "of": {"name": "shoe_size"}, "op": ">=", "value": 44}, events[0]]},
        {"all": [plain("language", "in", ["ru"]), plain("city", "in", ["Samarqand"]), events[2]]},
    ]
    rules = [*events, last, *profile, *scores, *told]
    mixed = [{"all": [one, {"not": other}]} for one, other in zip(events[:4], events[6:10], strict=True)]
    asking = [
        {"all": [inside("own0"), consent("", "given")]},
        {"all": [inside("own17"), inside("own1", so=False)]},
        {"all": [inside("high_value"), event("visit", "=", 0, last_days=30)]},
        {"any": [inside("own2"), inside("own20")]},
        {"all": [inside("at_risk"), summed(365, 3_000_000)]},
        {"field": "days_in_segment", "of": {"key": "own4"}, "op": "<=", "value": 7},
    ]
    rules += mixed
    return [*rules, *asking][:45] if len(rules) + len(asking) >= 45 else [*rules, *asking]


def install() -> int:
    from mijoz.segments import actions

    actions.install_defaults(at=AT)
    rules = own_rules()
    for place, rule in enumerate(rules):
        actions.add_segment(key=f"own{place}", rule=rule, by=None, at=AT, names={"en": f"Own {place}"})
    return len(rules) + 5


def bare_counts(at: datetime) -> dict[str, int]:
    """How many customers each segment's condition selects, each asked by a statement of its own."""
    from django.db import connection

    from mijoz.segments import membership, queries
    from mijoz.segments.fields import Field
    from mijoz.segments.rules import compile_rule

    found = {}
    ruled = queries.ruled_segments()
    defaults = [one for one in ruled if one.is_default]
    for segment in ruled:
        relations: dict[str, str] = {}

        def sql_of(field: Field, relations: dict[str, str] = relations) -> str:
            if not field.relation:
                return field.sql
            alias = f"told{len(relations)}"
            relations[alias] = field.relation
            return field.joined(f"{alias}.value")

        condition = compile_rule(segment.rule, sql_of=sql_of)
        parameters = dict(condition.parameters)
        joins = "".join(
            f" LEFT JOIN ({sql}) {alias} ON {alias}.customer_id = p.customer_id" for alias, sql in relations.items()
        )
        test = condition.sql
        if segment.is_default:
            first = membership.first_match(defaults)
            parameters |= first.parameters
            test = f"p.purchases > 0 AND ({first.sql}) = {segment.id}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {membership.source()}{joins} WHERE {test}",
                parameters | {"as_of": day_of(at), "zone": "Asia/Tashkent"},
            )
            found[segment.key] = cursor.fetchone()[0]
    return found


def event_to_membership(touched: int, customers: int) -> list[float]:
    """Seconds from a row recorded to the membership that follows from it."""
    from django.utils import timezone

    from mijoz.customers.projecting import Projecting
    from mijoz.events.actions import record
    from mijoz.events.types import NewEvent
    from mijoz.segments.following import Following
    from mijoz.segments.models import Membership

    rounds = []
    running = [Projecting(), Following()]
    for thread in running:
        thread.start()
    try:
        time.sleep(3)
        members = Membership.objects.filter(segment__key="own15", left_at=None)
        numbers = [number for number in range(7, customers, 977) if not members.filter(customer=number).exists()]
        for number in numbers[:touched]:
            row = NewEvent(
                message_id=f"now{number}",
                type="test_drive",
                identity=("card", "", str(number)),
                occurred_at=timezone.now(),
            )
            began = time.perf_counter()
            record([row], source="till")
            while not members.filter(customer=number).exists():
                if time.perf_counter() - began > 20:
                    break
                time.sleep(0.01)
            rounds.append(time.perf_counter() - began)
    finally:
        for thread in running:
            thread.stop()
    return rounds


def worked() -> float:
    """Seconds that processors have worked for this process and for the database's, since they began."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = int(_numbers_of(cursor.fetchone()[0])[1])
    total = sum(os.times()[:2]) + sum(_numbers_of(server)[11:15]) / os.sysconf("SC_CLK_TCK")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            numbers = _numbers_of(int(process.name))
        except OSError:
            continue  # it has just ended
        if numbers[1] == server:
            total += sum(numbers[11:13]) / os.sysconf("SC_CLK_TCK")
    return total


def _numbers_of(process: int) -> list[int]:
    """What the system counts of the process, from its state on (see proc(5)): 1 is its parent, 11 to 14 its time."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return [0, *(int(field) for field in fields[1:])]


@dataclass(frozen=True)
class Taken:
    clock: float
    processor: float


def timed(act: Callable[[], Any]) -> tuple[Any, Taken]:
    before, began = worked(), time.perf_counter()
    result = act()
    clock = time.perf_counter() - began
    return result, Taken(clock, worked() - before)


def line(name: str, taken: Taken, against: Taken, note: str = "") -> None:
    ratio = taken.processor / against.processor
    print(f"{name:32} {taken.clock:9.2f} {taken.processor:10.2f} {ratio:7.3f}  {note}", flush=True)


def run(customers: int, events: int, touched: int) -> int:
    from mijoz.segments import actions, queries

    began = time.perf_counter()
    fill(draw(customers, events), customers)
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    segments = install()
    members_first = begin()
    vacuum()
    print(f"{members_first:,} memberships, after {time.perf_counter() - began:.0f} s", flush=True)
    same, idle = timed(lambda: actions.refresh(as_of=day_of(AT), at=AT + timedelta(minutes=1)))
    print(f"refresh, nothing changed: {idle}, {sum(same.entered.values())} entered", flush=True)
    at_once = event_to_membership(touched, customers)
    print(f"at once: {at_once}", flush=True)
    later = AT + timedelta(days=1)
    next_day, busy = timed(lambda: actions.refresh(as_of=day_of(later), at=later))
    moved = sum(next_day.entered.values()) + sum(next_day.left.values())
    print(f"refresh, the next day: {busy}, {moved:,} changed", flush=True)
    members = queries.counts()
    counted, bare = timed(lambda: bare_counts(later))
    wrong = {key: (members[key], found) for key, found in counted.items() if members[key] != found}
    print(f"{f'{customers:,} customers, {events:,} events, {segments} segments':32}")
    print(f"{'':32} {'seconds':>9} {'processor':>10} {'ratio':>7}")
    line("bare SQL, a count for each", bare, bare)
    line("refresh, nothing changed", idle, bare)
    line("refresh, the next day", busy, bare, f"{moved:,} memberships changed")
    print(f"event to membership: median {statistics.median(at_once):.2f} s, longest {max(at_once):.2f} s")
    print(f"segments whose members are not those that were counted: {len(wrong)} {wrong or ''}")
    slow = max(idle.clock, busy.clock) >= MOST_SECONDS or max(at_once) >= MOST_SECONDS_AT_ONCE
    return int(bool(wrong) or slow)


def day_of(at: datetime) -> date:
    return at.astimezone(ZoneInfo("Asia/Tashkent")).date()


def vacuum() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--touched", type=int, default=10)
    chosen = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    with importlib.import_module("segments").scratch_database():
        return run(chosen.customers, chosen.events, chosen.touched)


if __name__ == "__main__":
    sys.exit(main())
