"""An import in a process of its own, which is killed (kill -9) again and again until it may end in peace.

    python -m mijoz.customers.importing.tests.bringing_in FILE --kills 5 --seed 1

Brings FILE into DATABASE_URL in small chunks. Each process but the last is killed before some statement, drawn at
random: between two chunks, in the middle of one, or while profiles are made. The command given again and the worker's
job take it up in turn. Prints how often it was killed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import django

from mijoz.config.tests.dying import die_again_and_again, dying_before

CHUNK_BYTES = 60_000
STATEMENTS = 240  # somewhat fewer than the whole import of the tests' file takes


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--holds", default="purchases")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    django.setup()
    ways = (partial(give_the_command, arguments.file, arguments.holds), do_the_job)
    return die_again_and_again(
        lambda word, killed: bring_in(ways[killed % 2], lives_for=word),
        kills=arguments.kills,
        most_words=STATEMENTS,
        seed=arguments.seed,
    )


def bring_in(take_up: Callable[[], None], *, lives_for: int) -> int:
    """Import, or be killed before the statement after so many; 0 is never."""
    from django.db import connection

    from mijoz.customers.importing import run

    run.execute = partial(run.execute, chunk_bytes=CHUNK_BYTES)
    with connection.execute_wrapper(dying_before(lives_for)):
        take_up()
    return 0


def give_the_command(file: Path, holds: str) -> None:
    from django.utils import timezone

    from mijoz.customers.importing import run

    run.import_file(file, holds=holds, at=timezone.now())


def do_the_job() -> None:
    """What the job does every minute; there is nothing to do when the command was killed before it began."""
    from django.utils import timezone

    from mijoz.business.locks import KILLED_LETS_GO_WITHIN
    from mijoz.customers.importing import run

    at = timezone.now() + timedelta(minutes=2)
    for each in run.unfinished(at=at):
        run.execute(each, at=at, patience=KILLED_LETS_GO_WITHIN)  # the job would come again in a minute


if __name__ == "__main__":
    sys.exit(main())
