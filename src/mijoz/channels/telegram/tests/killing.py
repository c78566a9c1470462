"""A process that reads and answers a bot and is killed (kill -9) again and again, until it may do the rest in peace.

    python -m mijoz.channels.telegram.tests.killing --at http://127.0.0.1:8081 --kills 10 --seed 1 --lives-words 60

Works for the bot that is set up in DATABASE_URL and prints how often it was killed: each process but the last before a
word to the database or a call of the Bot API that is drawn by chance.
"""

from __future__ import annotations

import argparse
import os
import sys

import django

from mijoz.config.tests.dying import die_again_and_again, dying_before


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", required=True)
    parser.add_argument("--kills", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lives-words", type=int, required=True)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    django.setup()
    return die_again_and_again(
        lambda word, _killed: read_all(arguments.at, word),
        kills=arguments.kills,
        most_words=arguments.lives_words,
        seed=arguments.seed,
    )


def read_all(address: str, words: int) -> int:
    """What the thread does, until nothing waits and everything is answered; 0 words is to live that long."""
    from django.db import connection
    from django.utils import timezone

    from mijoz.channels import queries
    from mijoz.channels.models import BotUpdate
    from mijoz.channels.telegram import actions, bot_api, transport

    bot_api.ADDRESS = address
    transport.SECONDS_A_CHAT, transport.A_SECOND = 0.0, 10_000
    die_at_last = dying_before(words)
    connection.execute_wrappers.append(die_at_last)
    account = queries.account("telegram")
    assert account is not None
    with transport.TelegramTransport().open(account) as session:
        call = session.api.call
        session.api.call = lambda *told, **more: die_at_last(  # type: ignore[method-assign]
            lambda *words: call(*words, **more), *told
        )
        while True:
            at = timezone.now()
            new = actions.poll(account, session.api, at=at, wait_seconds=0)
            actions.answer_due(account, session, at=at)
            is_done = not new and not BotUpdate.objects.exclude(answers=[]).exists()
            if is_done and not session.api.call("getUpdates", {"timeout": 0}):
                return 0


if __name__ == "__main__":
    sys.exit(main())
