"""An import in a process of its own, which is killed (kill -9) again and again until it may end in peace.

    python -m mijoz.customers.importing.tests.bringing_in FILE --kills 5 --seed 1

Brings FILE into DATABASE_URL in small chunks. Each process but the last is killed before some statement, drawn at
random: between two chunks, in the middle of one, or while profiles are made. The command given again and the worker's
job take it up in turn. Prints how often it was killed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import django

from mijoz.config.tests.dying import dying_before

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
    chance = random.Random(arguments.seed)
    killed = 0
    while True:
        take_up = partial(give_the_command, arguments.file, arguments.holds) if killed % 2 == 0 else do_the_job
        lives_for = chance.randrange(3, STATEMENTS) if killed < arguments.kills else 0
        importer = os.fork()  # nothing is connected here, so that each has a connection of its own
        if importer == 0:
            os._exit(bring_in(take_up, lives_for=lives_for))
        _pid, status = os.waitpid(importer, 0)
        killed += os.WIFSIGNALED(status)
        if os.WIFEXITED(status):
            sys.stdout.write(f"{killed}\n")
            return os.WEXITSTATUS(status)


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
