from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from mijoz.scenarios.next_offer import fitting


@app.task(name="next_offer.learn", queueing_lock="next_offer.learn", lock="next_offer")
def learn() -> None:
    """Make a model for whoever asked, or after an import."""
    fitting.learn(at=timezone.now())


@app.periodic(cron="10 3 * * *")
@app.task(name="next_offer.learn_nightly", queueing_lock="next_offer.learn_nightly", lock="next_offer")
def learn_nightly(timestamp: int) -> None:
    """Tastes and stock change: a new model every night."""
    fitting.learn(at=timezone.now())
