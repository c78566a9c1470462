"""What was lived as events: cases from their opening to their end, and answers to surveys; and who was asked."""

from __future__ import annotations

import numpy as np
import polars as pl

from mijoz.analysis.simulator.answers import (
    DIMENSIONS,
    INDICATORS,
    ITEMS,
    RESPONSE_SCHEMA,
    Asked,
)
from mijoz.analysis.simulator.cases import CASE_KINDS, TOUCHPOINTS, Cases
from mijoz.analysis.simulator.kinds import KIND_KEYS, Flags, Floats, Ints
from mijoz.analysis.simulator.log import Log, Story, as_json
from mijoz.analysis.simulator.people import CHANNELS, LANGUAGES, TELEGRAM, WEB
from mijoz.analysis.simulator.period import DAY_SECONDS

FIRST_CASE = 10_001
RATED_SHARE = 0.4  # of resolved cases
RATED_AFTER_SECONDS = (900, 86_400)
CASE_SCORE = 4.5
CASE_SCORE_LOST_WHEN_NOT_RIGHT = 1.4
CASE_SCORE_LOST_BY_DOUBLE_TIME = 0.35  # for each doubling of the resolution time beyond the median of its kind
CASE_SCORE_NOISE = 0.6
ANSWERED_AFTER_HOURS = (1, 30)
INVITED_BEFORE_SECONDS = 1_800
IN_TELEGRAM_SHARE = 0.6


def draw_servers(rng: np.random.Generator, story: Story) -> pl.Series:
    """The name of who served, for each purchase: one of the service masters of the branch."""
    names: list[str] = []
    first, many = [], []
    for branch in story.sector.branches:
        here = story.staff.filter((pl.col("branch") == branch.code) & (pl.col("role") == "service_master"))
        first.append(len(names))
        many.append(here.height)
        names += here["name"].to_list()
    branch_of = story.visits.branch
    place = np.array(first)[branch_of] + (rng.random(len(branch_of)) * np.array(many)[branch_of]).astype(np.int64)
    return pl.Series(names).gather(place)


def add_cases(rng: np.random.Generator, log: Log, cases: Cases, *, served_by: pl.Series) -> None:
    """Each case opened, answered, perhaps opened again, and resolved; some resolutions are rated."""
    story = log.story
    number = "K" + pl.Series(np.arange(len(cases)) + FIRST_CASE).cast(pl.String)
    customer = story.purchases.customer[cases.purchase]
    operators = story.staff.filter(pl.col("role") == "operator")["name"]
    operator = operators.gather(rng.integers(0, len(operators), len(cases)))
    fixer = served_by.gather(cases.purchase)
    touchpoint = pl.Series(TOUCHPOINTS).gather(cases.touchpoint)

    def add(type_: str, at: Ints, payload: pl.Series | str, mine: Flags | None = None) -> None:
        which = np.arange(len(cases)) if mine is None else np.flatnonzero(mine)
        log.add(
            type_,
            at=at[which],
            customer=customer[which],
            message_id=number.gather(which) + "/" + type_,
            reference=number.gather(which),
            branch=story.visits.branch[cases.purchase[which]],
            channel=cases.channel[which],
            payload=payload if isinstance(payload, str) else payload.gather(which),
        )

    kinds = pl.Series(CASE_KINDS).gather(cases.kind)
    spelled = {subject: as_json(subject=subject)[1:] for subject in set(cases.subject)}
    subjects = pl.Series([spelled[subject] for subject in cases.subject], dtype=pl.String)
    add("case_opened", cases.opened, '{"kind":"' + kinds + '","touchpoint":"' + touchpoint + '",' + subjects)
    by_staff = '{"by":"staff","staff":"' + operator + '"}'
    machine = pl.Series(cases.by_machine)
    add("case_answered", cases.answered, by_staff.zip_with(~machine, pl.Series([as_json(by="machine")])))
    add("case_reopened", cases.reopened, "{}", ~cases.first_time)
    right = pl.Series(["false", "true"]).gather(cases.first_time.astype(np.int64))
    alone = pl.Series(["false", "true"]).gather(cases.automatic.astype(np.int64))
    staff = fixer.zip_with(~pl.Series(cases.automatic), pl.Series([""]))
    add(
        "case_resolved",
        cases.resolved,
        '{"first_time":' + right + ',"automatic":' + alone + ',"staff":"' + staff + '"}',
    )

    usual = np.array([np.median((cases.resolved - cases.opened)[cases.kind == kind]) if (cases.kind == kind).any()
                      else 1.0 for kind in range(len(CASE_KINDS))])  # fmt: skip
    doubled = np.maximum(np.log2((cases.resolved - cases.opened) / usual[cases.kind]), 0.0)
    level = CASE_SCORE - CASE_SCORE_LOST_WHEN_NOT_RIGHT * ~cases.first_time - CASE_SCORE_LOST_BY_DOUBLE_TIME * doubled
    score = np.clip(np.rint(level + rng.normal(0.0, CASE_SCORE_NOISE, len(cases))), 1, 5).astype(np.int64)
    rated = rng.random(len(cases)) < RATED_SHARE
    payload = '{"kind":"csat","score":' + pl.Series(score).cast(pl.String) + ',"touchpoint":"' + touchpoint + '"}'
    add("survey_answered", cases.resolved + rng.integers(*RATED_AFTER_SECONDS, len(cases)), payload, rated)


def add_surveys(
    rng: np.random.Generator, log: Log, surveys: list[Asked], *, reference: pl.Series
) -> pl.DataFrame:  # fmt: skip
    """Every survey's answers as the log has them; returns who was asked and what they answered, see answers.py."""
    return pl.concat([_add_survey(rng, log, asked, reference=reference) for asked in surveys])


def _add_survey(rng: np.random.Generator, log: Log, asked: Asked, *, reference: pl.Series) -> pl.DataFrame:
    story = log.story
    count = len(asked.purchase)
    first, last = ANSWERED_AFTER_HOURS
    visited = story.purchases.day[asked.purchase] * DAY_SECONDS + story.visits.paid[asked.purchase]
    answered_at = visited + rng.integers(first * 3_600, last * 3_600, count)
    channel = np.where(rng.random(count) < IN_TELEGRAM_SHARE, TELEGRAM, WEB)
    in_period = answered_at < story.period.days * DAY_SECONDS
    who = np.flatnonzero(asked.answered)
    episode = reference.gather(asked.purchase)
    about = ',"touchpoint":"performance","survey":"' + asked.survey + '","episode":"' + episode.gather(who) + '"'

    for kind, score, parts in _told(asked):
        log.add(
            "survey_answered",
            at=answered_at[who],
            customer=story.purchases.customer[asked.who],
            message_id=f"{asked.survey}/" + episode.gather(who) + f"/{kind}",
            reference=episode.gather(who),
            branch=story.visits.branch[asked.who],
            channel=channel[who],
            payload='{"kind":"' + kind + '","score":' + _texts(score) + about + parts + "}",
        )

    customer = story.purchases.customer[asked.purchase]
    own = np.full(count, len(who))  # the place of their answers; behind the last one there are none
    own[who] = np.arange(len(who))
    own[~in_period] = len(who)
    nobodys = pl.Series([None], dtype=pl.List(pl.Int64))
    given = pl.Series(asked.answers).arr.to_list().append(nobodys)
    branches = pl.Series([branch.code for branch in story.sector.branches])
    return pl.DataFrame(
        {
            "survey": pl.repeat(asked.survey, count, eager=True),
            "customer_number": pl.Series(story.people.numbers).gather(customer),
            "episode": episode,
            "branch": branches.gather(story.visits.branch[asked.purchase]),
            "channel": pl.Series(CHANNELS).gather(channel),
            "language": pl.Series(LANGUAGES).gather(story.people.language[customer]),
            "segment": pl.Series(KIND_KEYS).gather(story.lives_kind[customer]),
            "invited_at": story.period.moments(visited + INVITED_BEFORE_SECONDS),
            "answered_at": pl.select(
                pl.when(pl.Series(own < len(who))).then(story.period.moments(answered_at))
            ).to_series(),
            "answers": given.gather(own),
        },
        schema=RESPONSE_SCHEMA,
    ).filter(pl.Series(visited + INVITED_BEFORE_SECONDS < story.period.days * DAY_SECONDS))


def _told(asked: Asked) -> list[tuple[str, Floats, pl.Series | str]]:
    """The events of one answer: kind, score, and what the score was made of."""
    if asked.perceived is not None and asked.expected is not None:
        gaps = asked.perceived - asked.expected
        perceived = ',"perceived":' + _object(DIMENSIONS, asked.perceived)
        items = sum(ITEMS)
        score = (asked.answers[:, :items] - asked.answers[:, items : 2 * items]).mean(axis=1)
        return [
            ("servqual", score, ',"gaps":' + _object(DIMENSIONS, gaps) + perceived),
            ("servperf", asked.answers[:, :items].mean(axis=1), perceived),
            ("csat", asked.answers[:, -1].astype(np.float64), ""),
        ]
    if asked.survey == "indicators":
        own = asked.answers[:, : len(INDICATORS)].astype(np.float64)
        indicators = ',"indicators":' + _object(INDICATORS, own)
        return [
            ("indicators", own.mean(axis=1), indicators),
            ("csat", asked.answers[:, -2].astype(np.float64), ""),
            ("nps", asked.answers[:, -1].astype(np.float64), ""),
        ]
    return [(asked.survey, asked.answers[:, 0].astype(np.float64), "")]


def _object(keys: tuple[str, ...], values: Floats) -> pl.Series:
    """One JSON object for each row."""
    whole = pl.repeat("{", len(values), eager=True)
    for place, key in enumerate(keys):
        whole = whole + f'{"," if place else ""}"{key}":' + _texts(values[:, place])
    return whole + "}"


def _texts(numbers: Floats) -> pl.Series:
    return pl.Series(np.round(numbers, 4)).cast(pl.String)
