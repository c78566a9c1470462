"""A sending worker that is killed (kill -9) again and again, until it may send the rest in peace.

    python -m mijoz.channels.tests.killing --kills 10 --seed 1 [--keyed] [--lives-ms 400 | --lives-words 200]
                                           [--eskiz http://127.0.0.1:8080/api]

Sends what stands in the outbox of DATABASE_URL and prints how often it was killed. `--keyed` lets the mail server's
transport say that the server drops what it is given twice, `--eskiz` is where SMS are carried from. With
`--lives-words` each worker but the last is killed before a word to the database, the mail server or the gateway that is
drawn by chance, so that it dies at the same ones however quick the machine is; else after a while drawn by chance.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import signal
import smtplib
import sys
import time

import django

from mijoz.config.tests.dying import dying_before


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives-ms", type=int, default=400)
    parser.add_argument("--lives-words", type=int, default=0)
    parser.add_argument("--keyed", action="store_true")
    parser.add_argument("--eskiz", default="")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    django.setup()
    if arguments.keyed:
        let_the_server_know_keys()
    if arguments.eskiz:
        from mijoz.channels.sms import eskiz

        eskiz.ADDRESS = arguments.eskiz
    chance = random.Random(arguments.seed)
    killed = 0
    while True:
        words = chance.randrange(3, arguments.lives_words) if arguments.lives_words and killed < arguments.kills else 0
        worker = os.fork()  # nothing is connected here, so that each worker has a connection of its own
        if worker == 0:
            os._exit(send_all(words))
        if killed < arguments.kills and not arguments.lives_words:
            time.sleep(chance.uniform(0.02, arguments.lives_ms / 1_000))
            os.kill(worker, signal.SIGKILL)
        _pid, status = os.waitpid(worker, 0)
        if os.WIFEXITED(status):
            sys.stdout.write(f"{killed}\n")
            return os.WEXITSTATUS(status)
        killed += 1


def let_the_server_know_keys() -> None:
    from mijoz.channels import registry
    from mijoz.channels.email.transport import SmtpTransport

    keyed = SmtpTransport()
    keyed.is_idempotent = True
    registry.register("email", keyed)


def send_all(words: int) -> int:
    """What the jobs do, until nothing waits and nothing is on its way; 0 words is to live that long."""
    from django.db import connection
    from django.utils import timezone

    from mijoz.channels import actions, hooks
    from mijoz.channels.models import Message

    hooks.connect_unsubscribe_link(lambda customer_id, channel: f"https://choyxona.uz/u/{customer_id}")
    die_at_last = dying_before(words)
    to_the_server = smtplib.SMTP.send
    smtplib.SMTP.send = lambda line, said: die_at_last(to_the_server, line, said)  # type: ignore[method-assign, misc]
    to_the_gateway = http.client.HTTPConnection.send
    http.client.HTTPConnection.send = lambda line, said: die_at_last(to_the_gateway, line, said)  # type: ignore[method-assign, misc]
    connection.execute_wrappers.append(die_at_last)
    on_their_way = Message.objects.filter(status__in=[Message.Status.WAITING, Message.Status.SENDING])
    while True:
        actions.send_due(at=timezone.now())
        logged = actions.log_settled()
        if not logged and not on_their_way.exists():
            return 0


if __name__ == "__main__":
    sys.exit(main())
