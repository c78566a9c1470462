"""How fast enrolments take a step, against the bare SQL that does the same.

    python benchmarks/advance.py [--enrolments 1000000] [--workers 2]

Enrols customers in two scenarios alike, of which a fifth is held out. The one is advanced by Mijoz: every treated
enrolment is claimed, judged, and gets a message in its language with its name in the outbox, stopped at once where the
gate can say so already. The other is advanced by one SQL statement for each batch, which claims, looks for the consent,
writes the same rows and moves the enrolments on. Both take turns batch by batch, so that the load of the machine is the
same for both. Prints both rates and their ratio; ends with 1 when Mijoz takes more than LIMIT times as long, or when a
row is missing or too many.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from outbox import scratch_database

LIMIT = 2.0
HOLDOUT_SHARE = 0.2
AT = datetime(2026, 3, 31, 7, tzinfo=UTC)
TEXTS = {
    "uz": "{{ greeting }}\n\nSizni yana kutamiz{% if customer.favourite_service %}: {{ customer.favourite_service }} "
    "tayyor{% endif %}. Keling, {{ business.name }} sizni xursand qiladi.",
    "ru": "{{ greeting }}\n\nЖдём вас снова{% if customer.favourite_service %}: {{ customer.favourite_service }} "
    "готово{% endif %}. Приходите, {{ business.name }} вас порадует.",
    "en": "{{ greeting }}\n\nWe await you{% if customer.favourite_service %}: {{ customer.favourite_service }} "
    "is ready{% endif %}. Come, {{ business.name }} will make you happy.",
}
SUBJECTS = {"uz": "Sizni kutamiz", "ru": "Ждём вас", "en": "See you soon"}
PEOPLE = """
    WITH made AS (
        INSERT INTO customers_customer (first_name, last_name, email, language)
        SELECT (ARRAY['Ali','Vali','Olim','Nodira','Dilnoza','Анна','Gulnora','Timur'])[1 + n %% 8],
               'Karimov', 'c' || n || '@example.uz', (ARRAY['uz','ru','en'])[1 + n %% 3]
        FROM generate_series(1, %(people)s) n RETURNING id
    ), profiled AS (
        INSERT INTO customers_profile (customer_id, purchases, revenue, favourite_services, last_purchase_at)
        SELECT id, 1, 100, CASE WHEN id %% 2 = 0 THEN ARRAY['Plov'] ELSE ARRAY[]::text[] END,
               %(at)s::timestamptz - interval '3 days'
        FROM made
    ), agreed AS (
        INSERT INTO customers_consent (customer_id, purpose, granted, answered_at)
        SELECT id, 'marketing', id %% 20 <> 0, %(at)s::timestamptz - interval '1 day' FROM made
    )
    INSERT INTO segments_membership (segment_id, customer_id, entered_at, reason)
    SELECT (SELECT id FROM segments_segment WHERE key = 'new'), id, %(at)s, '{}' FROM made
"""
BARE = """
    WITH due AS (
        SELECT e.id, e.customer_id FROM scenarios_enrolment e
        WHERE e.scenario_id = %(scenario)s AND e.state = 'running' AND e.next_step = 0
        ORDER BY e.due_at, e.id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
    ), put AS (
        INSERT INTO channels_message (
            customer_id, channel, purpose, dedupe_key, language, subject, text, send_after, expires_at, status, reason,
            settled_at, scenario, scenario_version, enrolment, step
        )
        SELECT d.customer_id, 'email', 'marketing', 'enrolment/' || d.id || '/letter', c.language, %(subject)s,
               'Assalomu alaykum, ' || c.first_name || E'!\n\nSizni yana kutamiz' ||
               CASE WHEN p.favourite_services[1] <> '' THEN ': ' || p.favourite_services[1] || ' tayyor' ELSE '' END ||
               '. Keling, Choyxona sizni xursand qiladi.',
               %(at)s, %(at)s::timestamptz + interval '3 days',
               CASE WHEN k.granted THEN 'waiting' ELSE 'stopped' END,
               CASE WHEN k.granted THEN '' ELSE 'consent_withdrawn' END,
               CASE WHEN NOT k.granted THEN %(at)s::timestamptz END, 'bare', 1, d.id, 'letter'
        FROM due d JOIN customers_customer c ON c.id = d.customer_id
        LEFT JOIN customers_profile p ON p.customer_id = c.id
        LEFT JOIN customers_consent k ON k.customer_id = c.id AND k.purpose = 'marketing' AND k.channel = ''
        ON CONFLICT (dedupe_key) DO NOTHING
    )
    UPDATE scenarios_enrolment e SET next_step = 1, due_at = NULL, state = 'watched' FROM due WHERE e.id = due.id
"""


def definition() -> dict[str, Any]:
    letter = {"kind": "message", "key": "letter", "channel": "email", "subjects": SUBJECTS, "texts": TEXTS}
    return {
        "trigger": {"kind": "segment_entered", "segment": "new", "include_present": True},
        "eligibility": None,
        "holdout_share": HOLDOUT_SHARE,
        "purpose": "marketing",
        "goal": {"kind": "purchase", "window_days": 30},
        "steps": [letter],
    }


def prepare(enrolments: int) -> dict[str, int]:
    """Customers, the two scenarios and everybody enrolled in both; how many are treated in each, by key."""
    from django.db import connection

    from mijoz.business.models import Business
    from mijoz.scenarios import actions
    from mijoz.segments import actions as segments

    Business.objects.create(pk=1, name="Choyxona", language="uz", messages_a_day=None, messages_a_week=None)
    segments.install_defaults(at=AT)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"people": round(enrolments / (1 - HOLDOUT_SHARE)), "at": AT})
        cursor.execute("ANALYZE")
    treated = {}
    for key in ("ours", "bare"):
        scenario = actions.add_scenario(
            key=key, names={"en": key}, descriptions={}, document=definition(), by=None, at=AT
        )
        actions.start(scenario, by=None, at=AT - timedelta(days=1))
        treated[key] = enrol(scenario)
    with connection.cursor() as cursor:  # so that only the one is due
        cursor.execute(
            "UPDATE scenarios_enrolment SET due_at = %s WHERE state = 'running' AND scenario_id ="
            " (SELECT id FROM scenarios_scenario WHERE key = 'bare')",
            [AT + timedelta(days=300)],
        )
        cursor.execute("VACUUM ANALYZE")
    return treated


def enrol(scenario: Any) -> int:
    """Enrol all by the statement of the machine, without the log: it is not what is measured. Returns the treated."""
    from django.db import connection

    from mijoz.scenarios import enrolling, queries

    version = queries.version_in_force(scenario)
    found, after, treated = queries.definition_in_force(scenario), 0, 0
    while True:
        statement = enrolling.enrol_statement(scenario, version, found, at=AT, after=after)
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.parameters)
            rows = cursor.fetchall()
        treated += sum(arm == "treated" for _enrolment, _customer, arm in rows)
        if len(rows) < enrolling.PIECE:
            return treated
        after = max(customer for _enrolment, customer, _arm in rows)
        enrolling.count_enrolments()


def bare_batch(scenario: int, batch: int) -> int:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE, {"scenario": scenario, "batch": batch, "at": AT, "subject": SUBJECTS["uz"]})
        return cursor.rowcount


def compare(treated: dict[str, int]) -> tuple[float, float]:
    """Seconds that each took for all of them, a batch of the one after a batch of the other."""
    from mijoz.scenarios import actions, engine
    from mijoz.scenarios.models import Scenario

    bare_id = Scenario.objects.get(key="bare").pk
    ours = bare = 0.0
    done_ours = done_bare = True
    advanced, courses = actions.Advanced(), {}
    while done_ours or done_bare:
        began = time.perf_counter()
        done_ours = bool(engine._advance_batch(at=AT, batch=actions.BATCH, courses=courses, advanced=advanced))
        ours += time.perf_counter() - began
        began = time.perf_counter()
        done_bare = bool(bare_batch(bare_id, actions.BATCH))
        bare += time.perf_counter() - began
    return ours, bare


def is_right(treated: dict[str, int]) -> bool:
    """Whether each treated enrolment has its one message, and nobody who was held out has any."""
    from django.db.models import Count

    from mijoz.channels.models import Message
    from mijoz.scenarios.models import Enrolment

    right = True
    for key, expected in treated.items():
        by_status = dict(Message.objects.filter(scenario=key).order_by().values_list("status").annotate(Count("pk")))
        held_out = Enrolment.objects.filter(scenario__key=key, arm="hold-out").values("pk")
        wrong = Message.objects.filter(scenario=key, enrolment__in=held_out).count()
        print(f"  {key}: {by_status}, to held out {wrong}")
        right &= sum(by_status.values()) == expected and not wrong
    return right


WORKER = """
import django, sys, time
django.setup()
from datetime import datetime
from mijoz.scenarios import actions
began = time.time()
advanced = actions.advance(at=datetime.fromisoformat(sys.argv[1])).enrolments
print(began, time.time(), advanced)
"""


def side_by_side(workers: int) -> tuple[float, int]:
    """Seconds from the first claim of several workers to the end of the last one, and how many enrolments moved."""
    command = [sys.executable, "-c", WORKER, AT.isoformat()]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    told = [worker.communicate()[0].split() for worker in started]
    took = max(float(ended) for _began, ended, _count in told) - min(float(began) for began, _ended, _count in told)
    return took, sum(int(count) for _began, _ended, count in told)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--enrolments", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=0, help="then only this: so many workers side by side")
    arguments = parser.parse_args()
    with scratch_database():
        treated = prepare(arguments.enrolments)
        if arguments.workers:
            took, count = side_by_side(arguments.workers)
            print(f"{arguments.workers} workers: {count} in {took:.1f} s, {count / took:,.0f} a second")
            return 0 if count == treated["ours"] and is_right(treated | {"bare": 0}) else 1
        ours, bare = compare(treated)
        right = is_right(treated)
    ratio = ours / treated["ours"] / (bare / treated["bare"])
    print(f"Mijoz {treated['ours'] / ours:,.0f} a second, bare SQL {treated['bare'] / bare:,.0f}, ratio {ratio:.2f}")
    return 0 if right and ratio <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
