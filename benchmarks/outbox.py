"""What kill -9 does to the outbox, and how fast it sends against a bare SMTP client.

    python benchmarks/outbox.py [--messages 10000] [--kills 100] [--seed 1]

Puts messages to as many customers in the outbox of a scratch database and sends them to a mail server on this machine
while the sending worker is killed at random moments; then once more with a server that drops what it is given twice.
Counts what came. Ends with 1 when a message was lost, came twice, or when more are of unknown outcome than workers were
killed. Then sends 500 messages in peace and gives the same mails to the same server by smtplib alone; ends with 1 when
the outbox takes more than LIMIT times as long.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

LIMIT = 5.0
MAILS_FOR_SPEED = 500
LIVES_MS = 1_500  # at most, so that the kills are spread over the whole


@contextmanager
def scratch_database() -> Iterator[None]:
    """Set Django up on a database of its own server, and remove both at the end."""
    with tempfile.TemporaryDirectory(prefix="mijoz-benchmark-") as folder:
        os.environ["MIJOZ_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "mijoz.config.settings"
        from mijoz.config.embedded import EmbeddedServer, create_database

        server = EmbeddedServer(Path(folder) / "postgres", throw_away=True)
        server.hold()
        try:
            create_database(server.folder, "mijoz")
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield
        finally:
            server.release()


def fill(messages: int, prefix: str) -> set[str]:
    """So many customers who agreed to marketing, and a message due to each; returns their addresses."""
    from django.utils import timezone

    from mijoz.channels.actions import put_in_outbox
    from mijoz.channels.outbox import NewMessage
    from mijoz.customers.models import Consent, Customer, Profile

    now = timezone.now()
    people = Customer.objects.bulk_create(
        [Customer(email=f"{prefix}{place}@example.uz") for place in range(messages)], batch_size=2_000
    )
    Profile.objects.bulk_create([Profile(customer=one) for one in people], batch_size=2_000)
    agreed = [Consent(customer=one, purpose="marketing", granted=True, answered_at=now) for one in people]
    Consent.objects.bulk_create(agreed, batch_size=2_000)
    put_in_outbox(
        [
            NewMessage(
                customer_id=one.pk,
                channel="email",
                purpose="marketing",
                dedupe_key=one.email,
                language="uz",
                subject="Sizni kutamiz",
                text="Assalomu alaykum!\n\nChoyxonada sizni kutamiz.",
                send_after=now - timedelta(minutes=1),
                expires_at=now + timedelta(days=1),
            )
            for one in people
        ]
    )
    return {one.email for one in people}


def kill(messages: int, kills: int, seed: int, mail: Any, *, keyed: bool) -> bool:
    """Send under fire and say what came of it; returns whether the promise was kept."""
    from mijoz.channels.models import Message

    mail.mails.clear()
    mail.contents.clear()
    mail.drops_known = keyed
    prefix = "keyed" if keyed else "plain"
    addresses = fill(messages, prefix)
    command = [sys.executable, "-m", "mijoz.channels.tests.killing", "--kills", str(kills), "--seed", str(seed)]
    command += ["--lives-ms", str(LIVES_MS)]
    began = time.perf_counter()
    done = subprocess.run([*command, *(["--keyed"] if keyed else [])], capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        print(done.stderr)
        return False
    killed = int(done.stdout)
    came = Counter(mail.recipients)
    outcome = Counter(Message.objects.filter(dedupe_key__startswith=prefix).values_list("status", "reason").order_by())
    sent = set(
        Message.objects.filter(dedupe_key__startswith=prefix, status="sent").values_list("dedupe_key", flat=True)
    )
    unknown = outcome["failed", "unknown_outcome"]
    arrived_unknown = len(came.keys() - sent)
    lost = len(sent - came.keys()) + messages - len(sent) - unknown
    twice = sum(times > 1 for times in came.values())
    print(
        f"{'server that knows keys' if keyed else 'server without keys'}: {messages} messages, {killed} workers killed"
    )
    print(f"  sent {len(sent)}, of unknown outcome {unknown} ({arrived_unknown} of them had arrived), {took:.0f} s")
    print(f"  lost {lost}, came twice {twice}")
    kept = lost == 0 and twice == 0 and unknown <= (0 if keyed else killed) and came.keys() <= addresses
    if not kept:
        print(f"  NOT KEPT: {dict(outcome)}")
    return kept


def compare_speed(mail: Any) -> bool:
    """How long the outbox takes against smtplib with the same mails; returns whether it is within LIMIT."""
    import smtplib

    from django.utils import timezone

    from mijoz.channels.actions import send_due

    mail.mails.clear()
    mail.contents.clear()
    mail.drops_known = False
    fill(MAILS_FOR_SPEED, "speed")
    began, sent = time.perf_counter(), 0
    while sent < MAILS_FOR_SPEED:
        sent += send_due(at=timezone.now()).sent
    ours = time.perf_counter() - began
    mails = list(zip(mail.recipients, mail.contents, strict=True))
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", mail.port) as client:
        for address, content in mails:
            client.sendmail("salom@choyxona.uz", [address], content)
    bare = time.perf_counter() - began
    print(f"{MAILS_FOR_SPEED} mails: outbox {ours:.2f} s, bare smtplib {bare:.2f} s, ratio {ours / bare:.2f}")
    return ours <= LIMIT * bare


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with scratch_database():
        from django.utils import timezone

        from mijoz.business.models import Business
        from mijoz.channels import hooks
        from mijoz.channels.actions import set_up_account
        from mijoz.channels.tests.mailserver import mail_server

        hooks.connect_unsubscribe_link(lambda customer_id, channel: f"https://choyxona.uz/u/{customer_id}")
        Business.objects.create(
            pk=1, name="Choyxona", quiet_from="00:00", quiet_until="00:00", messages_a_day=None, messages_a_week=None
        )
        with mail_server() as mail:
            set_up_account("email", name="x", settings=mail.settings.model_dump(), secret="", at=timezone.now())
            told = (arguments.messages, arguments.kills, arguments.seed, mail)
            kept = [kill(*told, keyed=False), kill(*told, keyed=True), compare_speed(mail)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
