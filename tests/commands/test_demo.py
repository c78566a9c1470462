"""`mijoz demo`: killed without warning at any step and started again, it ends as if nothing had happened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.installation import OF_THE_RUN, command, content_of, environment_of, prepared_folder

DEMO = ["demo", "--sector", "repair", "--customers", "120", "--months", "6", "--seed", "5"]
STEPS = ["Writing down what happened", "Getting to know", "Sorting them", "Measuring"]
NUMBERED = (  # what was begun and not ended has used up numbers, or was given some by chance
    "identity_id", "message_id", "survey_id", "version_id", "interview_id", "passage_id", "response_id", "theme_id",
    "reading_id", "invitation_id", "read_at", "kept_at", "newest_event",
)  # fmt: skip
COMPUTED = "document"  # figures inside JSON: their last digits follow the order of the rows
# Who is in which segment now is known since the demo was loaded; codes are drawn by chance.
MOMENTS = (
    *OF_THE_RUN,
    "id",
    "entered_at",
    "left_at",
    "looked_until",
    "seen_transactions",
    "newest_event",
    "code",
    COMPUTED,
    *NUMBERED,
)


def kill_when_it_says(folder: Path, words: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mijoz.cli", *DEMO],
        env=environment_of(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stderr:
        if words in line:
            process.kill()
    process.wait()
    assert process.returncode == -9, f"it was over before it said “{words}”"


def test_killed_at_every_step_it_ends_in_the_same_state() -> None:
    with prepared_folder() as undisturbed, prepared_folder() as killed:
        assert command(undisturbed, *DEMO).returncode == 0
        for words in STEPS:
            kill_when_it_says(killed, words)
        last = command(killed, *DEMO, "--json")
        assert last.returncode == 0, last.stderr
        assert json.loads(last.stdout)["unchanged"] is False
        assert content_of(killed, without=MOMENTS) == content_of(undisturbed, without=MOMENTS)
        truths = [(folder / "demo" / "truth.json").read_bytes() for folder in (undisturbed, killed)]
        assert truths[0] == truths[1]

        before = content_of(killed)
        again = command(killed, *DEMO, "--json")
        assert json.loads(again.stdout)["unchanged"] is True
        assert content_of(killed) == before
