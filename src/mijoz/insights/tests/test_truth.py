"""The whole way: a demo business is loaded into the database, and its KPIs find again what was planted in it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mijoz.analysis.simulator import simulate
from mijoz.insights import actions
from mijoz.insights.tests.conftest import from_the_lake
from mijoz.onboarding.actions import DemoResult, load_demo
from mijoz.segments.models import Membership

UNTIL = date(2026, 6, 30)
AT = datetime(2026, 7, 1, 5, tzinfo=UTC)


def load() -> DemoResult:
    return load_demo(sector="clinic", customers=1_000, months=12, seed=1, effect=1.0, until=UNTIL, at=AT)


def most_frequent_segment_of_each_kind() -> dict[str, str]:
    """What the demo does not tell the business, from the simulator itself: of which kind a customer is."""
    drawn = simulate(sector="clinic", customers=1_000, months=12, seed=1, until=UNTIL)
    kinds = dict(drawn.customers.select("customer_number", "kind").iter_rows())
    stays = Membership.objects.filter(
        left_at=None, segment__is_default=True, customer__ownerships__identity__kind="customer_number"
    )
    found = Counter(
        (kinds[number], segment)
        for number, segment in stays.values_list("customer__ownerships__identity__value", "segment__key")
    )
    assert found.total() == 1_000
    return {kind: max(found, key=lambda pair: (pair[0] == kind, found[pair]))[1] for kind in set(kinds.values())}


@from_the_lake
def test_what_a_demo_plants_is_found_in_its_kpis() -> None:
    result = load()
    board = actions.compute(as_of=None, at=AT)
    truth = json.loads(Path(result.truth_file).read_text(encoding="utf-8"))
    effects = {effect.scenario: effect for effect in board.effects}
    assert set(effects) == set(truth["scenarios"])
    for key, planted in truth["scenarios"].items():
        found = effects[key]
        assert (found.treated, found.held_out) == (planted["treated"], planted["held_out"]), key
        assert found.low <= planted["effect"] <= found.high, key
        assert found.high - found.low < 0.45, key

    told = {row["name"]: row for row in board.as_dict()["kpis"] if not row["by"]}
    assert told["purchasers"]["value"] == result.customers
    assert told["purchases"]["value"] <= result.purchases  # sales without a customer are none of ours
    assert told["churn_risk_share"]["value"] == pytest.approx(truth["kinds"]["at_risk"] / 1_000, abs=0.12)

    kinds = most_frequent_segment_of_each_kind()
    assert kinds == {kind: kind for kind in truth["kinds"]}
