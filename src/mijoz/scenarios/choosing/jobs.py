from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.scenarios.choosing import learning


@app.task(name="choosing.learn", queueing_lock="choosing.learn", lock="choosing")
def learn() -> None:
    """Learn for whoever asked, or after an import."""
    learning.learn(at=timezone.now())


@app.periodic(cron="40 2,14 * * *")
@app.task(name="choosing.learn_twice_a_day", queueing_lock="choosing.learn_twice_a_day", lock="choosing")
def learn_twice_a_day(timestamp: int) -> None:
    """Answers come in all day; what they teach is used from the next lesson on."""
    learning.learn(at=timezone.now())
