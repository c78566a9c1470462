"""KPIs and effects in words: every KPI is described, every verdict is one plain sentence."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils.translation import override

from mijoz.analysis.experiments import Verdict, customers_needed
from mijoz.analysis.kpis import KPIS
from mijoz.insights import notices, queries, register, wording
from mijoz.insights.models import KpiValue
from mijoz.insights.queries import BoardPage, Effect, Line

TODAY = date(2026, 3, 31)
DOCS = Path(__file__).resolve().parents[4] / "docs" / "kpis.md"


def effect(
    verdict: str,
    *,
    treated: int = 400,
    held_out: int = 100,
    rates: tuple[float, float] = (0.3, 0.2),
    low: float = 0.05,
) -> Effect:
    """A difference of 0.1 from `low` on, and as far above."""
    value = KpiValue(as_of=TODAY, name="scenario_effect", unit="share", value=0.1, low=low, high=0.2 - low)
    return Effect(
        key="missed_you",
        name="We have missed you",
        goal="",
        has_page=True,
        value=value,
        verdict=verdict,
        treated=treated,
        held_out=held_out,
        treated_rate=rates[0],
        held_out_rate=rates[1],
        revenue_difference=12_000.0,
        revenue_low=-500.0,
        revenue_high=24_500.0,
    )


def line(
    name: str, value: float | None, *months: float | None, unit: str = "share", margin: float | None = 0.01
) -> Line:
    known = register.definition(name)

    def of(figure: float | None, month: str) -> KpiValue:
        has_ends = figure is not None and margin is not None
        low, high = (figure - margin, figure + margin) if has_ends else (None, None)
        return KpiValue(
            as_of=TODAY, name=name, unit=unit, month=month, value=figure, low=low, high=high, count=200
        )  # fmt: skip

    by_month = [of(figure, f"2026-{place:02}") for place, figure in enumerate(months, 4 - len(months))]
    return Line(known, of(value, ""), by_month, queries.months.last_change(known, of(value, ""), by_month))


def page(*lines: Line, effects: list[Effect] | None = None) -> BoardPage:
    by_name = {one.definition.name: one for one in lines}
    return BoardPage(TODAY, None, by_name, [], [], effects or [])  # type: ignore[arg-type]


def test_every_kpi_is_registered_and_documented() -> None:
    """The table of docs/kpis.md has a row for each KPI, with its unit and its direction."""
    rows = {
        cells[0].strip("` "): [cell.strip() for cell in cells]
        for row in DOCS.read_text(encoding="utf-8").splitlines()
        if len(cells := row.strip("|").split("|")) == 6 and cells[0].strip().startswith("`")
    }
    registered = {known.name: known for known in register.definitions()}
    assert set(KPIS) <= set(registered)
    assert set(registered) <= set(rows)
    for name, known in registered.items():
        assert known.meaning
        assert known.source
        assert known.counted
        direction = {True: "higher", False: "lower", None: ""}[known.higher_is_better]
        if name in KPIS:
            assert (rows[name][2], rows[name][4]) == (KPIS[name].unit, direction), name
            assert KPIS[name].better == direction


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_a_whole_sentence_in_every_language(verdict: Verdict, language: str) -> None:
    found = effect(str(verdict), treated=40, held_out=12)
    with override(language):
        for sentence in (wording.verdict(found), wording.outlook(found), wording.worth(found, "UZS")):
            assert not re.search(r"%\(|None|\.\.| \.", sentence)
            assert sentence == "" or sentence.endswith((".", "!"))
        assert wording.verdict_name(found)


def test_too_few_says_how_many_are_missing_in_the_smaller_group() -> None:
    with override("en"):
        assert "40 customers with it and 12 without" in wording.verdict(effect("too_few", treated=40, held_out=12))
        assert "At least 18 more" in wording.outlook(effect("too_few", treated=40, held_out=12))
        assert wording.worth(effect("too_few"), "UZS") == ""


def test_no_difference_seen_says_how_many_more_would_show_one() -> None:
    """For 5 points on 20 % with a fifth held out; rounded up to two digits."""
    found = effect("no_difference_seen")
    needed = customers_needed(goal_rate=0.2, difference=0.05, holdout_share=0.2)
    assert found.wanting == needed - 500
    with override("en"):
        assert f"About {-(-found.wanting // 100) * 100:,} more customers" in wording.outlook(found)
        enough = effect("no_difference_seen", treated=8_000, held_out=2_000)
        assert wording.outlook(enough).startswith("Enough took part to see a difference of 5 points")


@pytest.mark.parametrize(
    ("found", "wanting"),
    [
        (effect("too_few", treated=0), None),
        (effect("too_few", held_out=0, rates=(0.3, None)), None),  # type: ignore[arg-type]
        (effect("works", rates=(1.0, 1.0), treated=9_000, held_out=9_000), 0),
    ],
)
def test_where_nothing_or_all_can_be_told(found: Effect, wanting: int | None) -> None:
    assert found.wanting == wanting


@pytest.mark.parametrize(
    ("value", "unit", "short", "text"),
    [
        (0.6558, "share", False, "65.6%"),
        (480.866, "money", True, "£480.87"),
        (8_911_407.904, "money", False, "£8,911,407.90"),
        (8_911_407.904, "money", True, "£8.91M"),
        (18_532, "count", True, "18,532"),
        (4.256, "score", False, "4.26"),
        (None, "money", True, "–"),
    ],
)
def test_a_figure_in_its_unit(value: float | None, unit: str, short: bool, text: str) -> None:
    with override("en"):
        assert wording.figure(value, unit, "GBP", short=short) == text


def test_a_harmful_scenario_and_what_became_worse_come_first() -> None:
    found = notices.notices(
        page(
            line("revenue", 900.0, 300.0, 200.0, 400.0, unit="money", margin=None),
            line("satisfaction", 4.0, 4.6, 4.4, 4.1, unit="score"),
            effects=[effect("works"), effect("harms")],
        ),
        "UZS",
    )
    assert [notice.tone for notice in found] == ["bad", "good", "bad", "good"]
    assert "harms" in found[0].sentence
    assert found[0].url == "/scenarios/missed_you/"
    assert found[1].sentence == "“We have missed you” works."
    assert found[2].sentence.startswith("Satisfaction: 4.10 in Mar 2026, 4.40 in the month before")
    assert found[3].url == "/kpi/revenue/"


def test_a_board_that_is_looked_at_daily_does_not_call_a_first_success_proved() -> None:
    """From 0.02 on one look is clear, and a proof that stays right however often one looks still holds zero."""
    early, proved = effect("works", low=0.02), effect("works", low=0.05)
    assert (early.is_early, proved.is_early, effect("no_difference_seen", low=-0.01).is_early) == (True, False, False)
    with override("en"):
        assert (wording.verdict_name(early), wording.verdict_tone(early)) == ("Seems to work", "neutral")
        assert wording.verdict_name(effect("harms", low=0.02)) == "Seems to harm"
        assert wording.outlook(early).startswith("Clear if this is the first look")
        assert (wording.verdict_name(proved), wording.outlook(proved)) == ("Works", "")
        told = notices.notices(page(effects=[early, proved]), "UZS")
    assert [notice.tone for notice in told] == ["good", "neutral"]
    assert told[1].sentence == "“We have missed you” seems to work; it is too early to be sure."


def test_what_may_be_chance_is_not_said() -> None:
    quiet = line("active_share", 0.51, 0.50, 0.505, 0.51)
    assert notices.notices(page(quiet, effects=[effect("no_difference_seen"), effect("too_few")]), "UZS") == []


def test_the_silent_are_counted() -> None:
    with override("en"):
        [found] = notices.notices(page(line("churn_risk_share", 0.25, 0.25, 0.25)), "UZS")
        assert found.sentence == "50 customers (25.0%) have been silent for more than twice their usual pause."
        assert (found.tone, found.url) == ("neutral", "/segments/at_risk/")
        [worse] = notices.notices(page(line("churn_risk_share", 0.30, 0.20, 0.30)), "UZS")
        assert worse.tone == "bad"
    assert notices.notices(page(line("churn_risk_share", 0.0, 0.0)), "UZS") == []


def test_no_more_is_said_than_an_owner_reads() -> None:
    names = ["revenue", "satisfaction", "complaint_share", "refund_share", "average_check", "repeat_purchase_share"]
    lines = [line(name, 0.5, 0.2, 0.5) for name in [*names, "active_share", "churn_risk_share"]]
    assert len(notices.notices(page(*lines), "UZS")) == notices.MOST
