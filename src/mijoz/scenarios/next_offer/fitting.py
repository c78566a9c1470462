"""Making a model from the lake: read histories, try it on the last period, fit it, suggest to everybody, keep it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings as django_settings
from django.db import connection, transaction
from scipy import sparse

from mijoz.analysis.learning import next_offer, offer_tests
from mijoz.analysis.learning.next_offer import Histories, Model, Settings, Suggestions
from mijoz.business.queries import business
from mijoz.customers.privacy import stops
from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.events.queries import default_as_of
from mijoz.scenarios.next_offer import stock
from mijoz.scenarios.next_offer.models import OfferModel, Suggestion
from mijoz.segments import bulk
from mijoz.segments.queries import segment_frame

LEARNING_LOCK = 0x4D696A6F7A22  # two models at once would write the same rows
SUGGESTED = 10  # to each customer
POPULAR = 20  # kept of all and of each segment
TRIAL_DAYS = 30.0
FEWEST_TRIED = 30  # customers, for a hit rate that says anything
MOST_TRIED = 50_000
PENALTIES = (10.0, 100.0, 300.0, 1_000.0)
PENALTY_OF_CUSTOMERS = 0.02  # for each customer, where there is too little to choose by
LEANINGS = (2.0, 10.0, 50.0, 1_000.0)  # the last leaves nearly all to popularity: its hit rate is the floor
FILES_KEPT = 3
REFUSED_FOR_DAYS = 180.0
UNTAKEN = 0.5  # of a refusal: what an offer counts that was made and not taken
WRITTEN_AT_ONCE = 50_000


def learn(*, at: datetime) -> OfferModel:
    """Make the next model with all that the log knows at `at`, and let it suggest to everybody with a history.

    It suggests only where it was surely better than popularity on the last period, which is its floor elsewhere.
    """
    started = time.perf_counter()
    lake.export(at=at)
    as_of = default_as_of(at)
    lines = purchase_lines(as_of)
    end = _day_number(as_of) + 1.0
    segments = segment_frame()
    segment_of = dict(zip(segments["customer_id"].to_list(), segments["segment"].to_list(), strict=True))
    chosen = tuned(lines, end=end)
    trial = tried(lines, end=end, settings=chosen)
    known = next_offer.histories(lines, at=end, settings=chosen)
    unprofiled = np.array(stops.unprofiled(), dtype=np.int64)
    model = next_offer.fit(_without(known, unprofiled), settings=chosen, segment_of=segment_of)
    asked = _without(known, unprofiled)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEARNING_LOCK])
        made = OfferModel.objects.create(
            made_at=at, as_of=as_of, services=len(model.services), customers=len(known.customers),
            settings=asdict(chosen), trial=trial,
        )  # fmt: skip
        states = stock.states(model.services, lines, end=end)
        cursor.execute("DELETE FROM scenarios_suggestion")
        made.suggested = _suggest(cursor, made, model, asked, states, segment_of, end=end)
        made.popular = _popular(model, states)
        made.names = model.services
        made.not_offered = [name for name, had in zip(model.services, states.offered, strict=True) if not had]
        made.of_one_time = [
            name for name, again in zip(model.services, states.may_come_again, strict=True) if not again
        ]
        made.file = _keep(made, model)
        made.seconds = time.perf_counter() - started
        made.save()
    return made


def purchase_lines(as_of: date) -> pl.DataFrame:
    """What known customers took until the end of the day `as_of`: customer_id, item, day (since 1970), basket."""
    zone = business().time_zone
    local = pl.col("occurred_at").dt.convert_time_zone(zone)
    rows = (
        lake.scan()
        .filter(pl.col("type") == "purchase_line", pl.col("item") != "", local.dt.date() <= as_of)
        .join(ownership_frame().lazy(), on="identity_id")
        .select(
            "customer_id",
            "item",
            day=pl.col("occurred_at").dt.epoch("s") / 86_400,
            basket=pl.struct("source", "reference").hash(),
        )
    )
    return rows.collect(engine="streaming")


def tuned(lines: pl.DataFrame, *, end: float) -> Settings:
    """The settings that did best in the period before the one on which the model is tried."""
    begin, until = end - 2 * TRIAL_DAYS, end - TRIAL_DAYS
    sample = _sample(lines)
    fallback = min(max(lines["customer_id"].n_unique() * PENALTY_OF_CUSTOMERS, 5.0), PENALTIES[2])
    best, best_rate = Settings(penalty=fallback), -1.0
    for penalty, leaning in product(PENALTIES, LEANINGS):
        asked = replace(best, penalty=penalty, leaning=leaning)
        hits = offer_tests.trial(sample, begin=begin, end=until, settings=asked).new.ours
        if len(hits) >= FEWEST_TRIED and float(hits.mean()) > best_rate:
            best, best_rate = asked, float(hits.mean())
    return best


def tried(lines: pl.DataFrame, *, end: float, settings: Settings) -> dict[str, Any] | None:
    """Hit rates at five on the last period, ours and popularity's, with 95 % intervals; None with too few customers.

    {"new": {"customers", "ours", "ours_low", "ours_high", "popular", ..., "gain", "gain_low", "gain_high"}, "next": …}
    """
    begin = end - TRIAL_DAYS
    trial = offer_tests.trial(_sample(lines), begin=begin, end=end, settings=settings)
    if len(trial.new.ours) < FEWEST_TRIED:
        return None
    return {"days": TRIAL_DAYS, "new": _hits(trial.new), "next": _hits(trial.next)}


def _hits(hits: offer_tests.Hits) -> dict[str, float]:
    found: dict[str, float] = {"customers": len(hits.ours)}
    for name, values in (("ours", hits.ours), ("popular", hits.popular)):
        low, high = offer_tests.interval_of(values)
        found |= {name: float(values.mean()), f"{name}_low": low, f"{name}_high": high}
    gain = hits.gain()
    return found | {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}


def _sample(lines: pl.DataFrame) -> pl.DataFrame:
    """All lines, or those of MOST_TRIED customers drawn by a hash."""
    customers = lines["customer_id"].n_unique()
    if customers <= MOST_TRIED:
        return lines
    return lines.filter(pl.col("customer_id").hash(seed=1) % customers < MOST_TRIED)


def _without(known: Histories, unprofiled: np.ndarray) -> Histories:
    """The histories of those who may be profiled; what is popular is counted of all."""
    return known.of(known.customers[~np.isin(known.customers, unprofiled)])


def _suggest(
    cursor: Any, made: OfferModel, model: Model, asked: Histories, states: stock.States, segment_of: dict[int, str],
    *, end: float,
) -> int:  # fmt: skip
    """Write suggestions for all of `asked`, some ten thousand at a time; how many customers have one.

    Only services of the kind in which the model leads are ranked, so that no others fill the places.
    Where popularity hits as much, nothing is written: `suggesting` offers what is popular then.
    """
    if not made.leads:
        return 0
    refused = _refusals(asked, model, end=end)
    again = states.may_come_again if "next" in made.leads else np.zeros_like(states.may_come_again)
    names, suggested = np.array([*model.services, ""], dtype=object), 0
    for start in range(0, len(asked.customers), WRITTEN_AT_ONCE):
        rows = slice(start, start + WRITTEN_AT_ONCE)
        piece = Histories(
            asked.customers[rows], asked.services, asked.taken[rows], asked.habit[rows], asked.popularity
        )  # fmt: skip
        found = next_offer.suggest(
            model, piece, top=SUGGESTED, offered=states.offered, may_come_again=again, refused=refused[rows],
            segments=[segment_of.get(int(one), "") for one in piece.customers], never_taken="new" in made.leads,
        )  # fmt: skip
        frame = _frame(piece.customers, found, names, model=made.pk)
        bulk.write(cursor, Suggestion._meta.db_table, frame)
        suggested += frame.height
    return suggested


def _frame(customers: np.ndarray, found: Suggestions, names: np.ndarray, *, model: int) -> pl.DataFrame:
    there = found.places >= 0
    kept = np.flatnonzero(there.any(axis=1))
    because = [
        [[str(names[place]) for place in pair if place >= 0] for pair in found.because[row, there[row]]] for row in kept
    ]
    return pl.DataFrame(
        {
            "customer_id": customers[kept],
            "model_id": np.full(len(kept), model, dtype=np.int64),
            "services": [[str(name) for name in names[found.places[row, there[row]]]] for row in kept],
            "scores": [[f"{score:.6g}" for score in found.scores[row, there[row]]] for row in kept],
            "because": [json.dumps(one, ensure_ascii=False) for one in because],
        },
        schema={
            "customer_id": pl.Int64, "model_id": pl.Int64, "services": pl.List(pl.String), "scores": pl.List(pl.String),
            "because": pl.String,
        },
    )  # fmt: skip


def _refusals(asked: Histories, model: Model, *, end: float) -> sparse.csr_matrix:
    """How much each customer refused each service, from 0 to 1: a refusal counts in full, one not taken half."""
    since = end - REFUSED_FOR_DAYS
    day = pl.col("occurred_at").dt.epoch("s") / 86_400
    said = (
        lake.scan()
        .filter(pl.col("type").is_in(["offer_refused", "offer_made"]), pl.col("item") != "", day >= since, day < end)
        .join(ownership_frame().lazy(), on="identity_id")
        .group_by("customer_id", "item")
        .agg(weight=pl.when(pl.col("type") == "offer_refused").then(1.0).otherwise(UNTAKEN).max(), last=day.max())
        .collect(engine="streaming")
    )
    places = pl.DataFrame({"item": model.services}, schema={"item": pl.String}).with_row_index("place")
    rows = pl.DataFrame({"customer_id": asked.customers}).with_row_index("row")
    cells = said.join(places, on="item").join(rows, on="customer_id")
    shape = (len(asked.customers), len(model.services))
    weights = cells["weight"].to_numpy().astype(np.float32)
    return sparse.csr_matrix((weights, (cells["row"].to_numpy(), cells["place"].to_numpy())), shape=shape)


def _popular(model: Model, states: stock.States) -> dict[str, list[str]]:
    """The services taken most lately that can be had, of all ("") and of each default segment."""
    liked = {"": model.popularity} | model.popularity_of
    order = {key: np.argsort(-np.where(states.offered, shares, -1.0), kind="stable") for key, shares in liked.items()}
    most = min(POPULAR, int(states.offered.sum()))
    return {key: [model.services[place] for place in places[:most]] for key, places in order.items()}


def folder() -> Path:
    return Path(django_settings.DATA_DIR) / "models" / "next_offer"


def _keep(made: OfferModel, model: Model) -> str:
    """Write the weights to a file of this version, and remove those of versions long past."""
    folder().mkdir(parents=True, exist_ok=True)
    name = f"{made.pk:08}.npz"
    unfinished = folder() / f"{name}.unfinished"
    with unfinished.open("wb") as file:
        np.savez_compressed(
            file, services=np.array(model.services, dtype=str), weights=model.weights, popularity=model.popularity
        )
    unfinished.replace(folder() / name)
    for old in sorted(folder().glob("*.npz"))[:-FILES_KEPT]:
        old.unlink()
    return name


def _day_number(day: date) -> float:
    return float((day - date(1970, 1, 1)).days)
