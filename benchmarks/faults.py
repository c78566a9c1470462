"""What kill -9 of workers and of the database does to scenarios while they write and send messages.

    python benchmarks/faults.py [--messages 10000] [--kills 60] [--database-kills 6] [--seed 1]

Two scenarios of different priority for the same customers, a fifth of them held out of each, and one marketing message
a day to each customer. Two workers side by side enrol, take steps and send to a mail server that drops what it is given
twice. One of them is killed at random moments, every now and then the database with all its processes. At the end
counts what came: ends with 1 when a message came twice or is lost, when somebody held out was written to, or when a
customer got more than one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HOLDOUT_SHARE = 0.2
KEYS = ("first", "second")
PEOPLE = """
    WITH made AS (
        INSERT INTO customers_customer (email, language)
        SELECT 'c' || n || '@example.uz', 'uz' FROM generate_series(1, %(people)s) n RETURNING id
    ), profiled AS (
        INSERT INTO customers_profile (customer_id, purchases, favourite_services)
        SELECT id, 1, ARRAY[]::text[] FROM made
    ), agreed AS (
        INSERT INTO customers_consent (customer_id, purpose, granted, answered_at)
        SELECT id, 'marketing', true, now() - interval '1 day' FROM made
    )
    INSERT INTO segments_membership (segment_id, customer_id, entered_at, reason)
    SELECT (SELECT id FROM segments_segment WHERE key = 'new'), id, now(), '{}' FROM made
"""


def work() -> int:
    """What the jobs do, until nothing is due any more."""
    import django

    django.setup()
    from django.utils import timezone

    from mijoz.channels import hooks
    from mijoz.channels.actions import log_settled, send_due
    from mijoz.channels.models import Message
    from mijoz.channels.tests.killing import let_the_server_know_keys
    from mijoz.scenarios import actions
    from mijoz.scenarios.models import Enrolment

    let_the_server_know_keys()
    hooks.connect_unsubscribe_link(lambda customer_id, channel: f"https://choyxona.uz/u/{customer_id}")
    while True:
        now = timezone.now()
        actions.enrol(at=now)
        actions.advance(at=now, batch=200)
        sent = send_due(at=now)
        log_settled()
        due = Message.objects.filter(status__in=["waiting", "sending"], send_after__lte=now).exists()
        if not due and not sent.sent and not Enrolment.objects.filter(state="running").exists():
            return 0


def prepare(people: int, mail: Any) -> None:
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from mijoz.business.models import Business
    from mijoz.channels.actions import set_up_account
    from mijoz.scenarios import actions
    from mijoz.segments import actions as segments

    now = timezone.now()
    Business.objects.create(
        pk=1, name="Choyxona", quiet_from="00:00", quiet_until="00:00", messages_a_day=1, messages_a_week=None
    )
    set_up_account("email", name="x", settings=mail.settings.model_dump(), secret="", at=now)
    segments.install_defaults(at=now)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"people": people})
    for key, priority in zip(KEYS, (8, 3), strict=True):
        document = {
            "trigger": {"kind": "segment_entered", "segment": "new", "include_present": True},
            "eligibility": None,
            "holdout_share": HOLDOUT_SHARE,
            "purpose": "marketing",
            "priority": priority,
            "goal": {"kind": "purchase", "window_days": 30},
            "steps": [
                {"kind": "message", "key": "letter", "subjects": {"uz": key}, "texts": {"uz": "{{ greeting }} Keling."}}
            ],
        }
        scenario = actions.add_scenario(
            key=key, names={"en": key}, descriptions={}, document=document, by=None, at=now - timedelta(minutes=1)
        )
        actions.start(scenario, by=None, at=now - timedelta(minutes=1))
    connection.close()


def run_under_fire(server: Any, *, kills: int, database_kills: int, chance: random.Random) -> tuple[int, int]:
    """Let two workers work and kill them and the database at random; how often each was killed."""
    command = [sys.executable, __file__, "--work"]
    workers: list[subprocess.Popen[bytes]] = []
    killed = database_killed = 0
    is_done = False  # somebody found nothing left to do
    while True:
        ended = [one.returncode for one in workers if one.poll() is not None]
        workers = [one for one in workers if one.poll() is None]
        is_done = is_done or 0 in ended
        if is_done and not workers and ended and not any(ended):
            return killed, database_killed
        while len(workers) < (1 if is_done else 2) and not (is_done and not any(ended)):
            workers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(chance.uniform(1.5, 6.0))
        if is_done:
            continue
        if database_killed < database_kills and chance.random() < database_kills / (kills + database_kills):
            server.kill()
            server.revive()
            database_killed += 1
        elif killed < kills and workers:
            chance.choice(workers).send_signal(signal.SIGKILL)
            killed += 1


def is_kept(mail: Any) -> bool:
    """Count what came and what is known of it."""
    from django.db import connection
    from django.db.models import Count

    from mijoz.channels.models import Message
    from mijoz.scenarios.models import Enrolment, StepOutcome

    came = Counter(mail.recipients)
    sent = dict(Message.objects.filter(status="sent").values_list("sent_to", "enrolment"))
    treated = Enrolment.objects.filter(arm="treated")
    wanted = treated.values("customer").distinct().count()
    written = Message.objects.count()
    twice_written = Message.objects.values("enrolment", "step").annotate(n=Count("pk")).filter(n__gt=1).count()
    held_out = Message.objects.filter(enrolment__in=Enrolment.objects.filter(arm="hold-out").values("pk")).count()
    reasons = list(Message.objects.order_by().values_list("status", "reason").annotate(Count("pk")))
    outcomes = StepOutcome.objects.filter(outcome="sent").count()
    connection.close()
    print(f"  treated enrolments {treated.count()}, messages written {written}, {reasons}")
    twice = sum(times > 1 for times in came.values())
    print(
        f"  came {sum(came.values())}, to {len(came)} of {wanted} customers; twice {twice}; "
        f"lost {len(sent.keys() - came.keys())}; unknown to us {len(came.keys() - sent.keys())}; "
        f"to held out {held_out}; outcomes noted {outcomes}"
    )
    return (
        written == treated.count()
        and not twice_written
        and not held_out
        and set(came) == set(sent)
        and max(came.values()) == 1
        and len(came) == wanted
        and outcomes == len(sent)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--database-kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        return work()
    with tempfile.TemporaryDirectory(prefix="mijoz-faults-") as folder:
        os.environ["MIJOZ_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
        from mijoz.config.embedded import EmbeddedServer, create_database

        server = EmbeddedServer(Path(folder) / "postgres")  # as durable as in earnest
        server.hold()
        try:
            create_database(server.folder, "mijoz")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            from mijoz.channels import hooks
            from mijoz.channels.tests.mailserver import mail_server

            hooks.connect_unsubscribe_link(lambda customer_id, channel: f"https://choyxona.uz/u/{customer_id}")
            with mail_server() as mail:
                mail.drops_known = True
                prepare(round(arguments.messages / (1 - HOLDOUT_SHARE**2)), mail)
                chance, began = random.Random(arguments.seed), time.perf_counter()
                killed, database_killed = run_under_fire(
                    server, kills=arguments.kills, database_kills=arguments.database_kills, chance=chance
                )
                took = time.perf_counter() - began
                print(f"{killed} workers and {database_killed} times the database killed in {took:.0f} s")
                kept = is_kept(mail)
        finally:
            server.release()
    print("KEPT" if kept else "NOT KEPT")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
