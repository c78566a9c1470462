"""What dies half-way leaves nothing behind, and workers side by side do nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from mijoz.business.models import Business
from mijoz.channels.models import Message
from mijoz.customers.models import Customer, Profile
from mijoz.events.models import Event
from mijoz.scenarios import actions, advancing
from mijoz.scenarios.models import Enrolment, Scenario, ScenarioVersion, Task
from mijoz.scenarios.tests.conftest import AT, MESSAGE, OFFER, PROTOCOL, TASK, WAIT, document
from mijoz.segments import actions as segments
from mijoz.segments.models import Membership, Segment

CUSTOMERS = 300
STEPS = (PROTOCOL, OFFER, MESSAGE, TASK, WAIT, {**MESSAGE, "key": "reminder"})


@pytest.fixture
def town(transactional_db: None) -> Scenario:
    """Three hundred customers in a live scenario."""
    Business.objects.create(pk=1, name="Choyxona", time_zone="Asia/Tashkent", language="uz")
    segments.install_defaults(at=AT)
    customers = Customer.objects.bulk_create(
        Customer(language="uz", email=f"c{place}@example.uz") for place in range(CUSTOMERS)
    )
    Profile.objects.bulk_create(Profile(customer=customer, purchases=1) for customer in customers)
    segment = Segment.objects.get(key="new")
    Membership.objects.bulk_create(
        Membership(segment=segment, customer=customer, entered_at=AT) for customer in customers
    )
    scenario = actions.add_scenario(
        key="trial", names={"en": "Trial"}, descriptions={}, document=document(*STEPS), by=None, at=AT
    )
    return actions.start(scenario, by=None, at=AT)


# The worker stops dead inside the transaction of its third batch, after what the steps do was written.
DIES = """
import os, signal, sys
from datetime import datetime
import django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.DATABASES["default"]["HOST"] = sys.argv[2]
from mijoz.scenarios import actions, advancing
whole, batches = advancing._move_on, []
def dies(stands, turn):
    whole(stands, turn)
    batches.append(stands)
    if len(batches) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
advancing._move_on = dies
actions.advance(at=datetime.fromisoformat(sys.argv[3]), batch=40)
"""


def test_a_worker_killed_half_way_leaves_nothing_half_done(town: Scenario) -> None:
    actions.enrol(at=AT)
    settings = connection.settings_dict
    worker = subprocess.run(
        [sys.executable, "-c", DIES, settings["NAME"], settings["HOST"], AT.isoformat()],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "mijoz.config.settings"},
        cwd=Path(__file__).resolve().parents[4], capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert worker.returncode == -signal.SIGKILL, worker.stderr
    wait_for_locks_to_go()
    assert Message.objects.count() == 80  # two whole batches, nothing of the third
    assert Enrolment.objects.filter(next_step=0).count() == CUSTOMERS - 80
    actions.advance(at=AT, batch=40)
    assert_done_once()


def test_workers_side_by_side_do_nothing_twice(town: Scenario) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            actions.enrol(at=AT)
            actions.advance(at=AT, batch=20)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(300)
        assert not worker.is_alive()
    actions.advance(at=AT)
    assert failures == []
    assert_done_once()


def test_what_another_worker_holds_is_passed_over(town: Scenario) -> None:
    actions.enrol(at=AT)
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            advancing.claim(at=AT, batch=100)
            held.set()
            released.wait(300)
            transaction.set_rollback(True)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(300)
    assert actions.advance(at=AT).enrolments == CUSTOMERS - 100
    released.set()
    other.join(300)
    assert actions.advance(at=AT).enrolments == 100
    assert_done_once()


def wait_for_locks_to_go() -> None:
    """Come back when no other transaction holds an enrolment any more."""
    with transaction.atomic():
        list(Enrolment.objects.select_for_update().values_list("pk", flat=True))


def assert_done_once() -> None:
    """Each customer: one enrolment, one message, one task, one event of each kind, and waiting for the reminder."""
    assert Enrolment.objects.filter(state="running", next_step=4).count() == CUSTOMERS
    assert Message.objects.count() == Message.objects.values("customer").distinct().count() == CUSTOMERS
    assert Task.objects.count() == CUSTOMERS
    kinds: Any = dict.fromkeys(["scenario_enrolled", "protocol_set", "offer_made", "task_created"], CUSTOMERS)
    counted = {kind: Event.objects.filter(type=kind).count() for kind in kinds}
    assert counted == kinds
    assert ScenarioVersion.objects.count() == 1
