"""All KPIs by all dimensions over a large lake: seconds, beside bare Polars that computes the same numbers.

    python benchmarks/kpis.py [--events 10000000] [--folder DIR] [--repeat 2]

The benchmark writes a lake of Parquet files by month, as the product does, and reads it twice: by `analysis.kpis.kpis`,
with 95 % intervals, and by hand-written Polars without any. It compares every value. The target is 10 seconds and at
most 1.5 times bare Polars for 10 million events; ends with 1 when a value differs.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from mijoz.analysis import kpis

UNTIL, MONTHS, ZONE = date(2026, 6, 30), 36, "Asia/Tashkent"
EVENTS_A_CUSTOMER, LINES_A_PURCHASE, PIECE = 50, 1.8, 2_000_000
SHARES = {
    "purchase_line": 0.55,
    "visit": 0.16,
    "booking": 0.09,
    "message_sent": 0.08,
    "case": 0.06,
    "survey_answered": 0.05,
    "complaint": 0.005,
    "refund_line": 0.005,
}
BRANCHES = ["Chilonzor", "Yunusobod", "Sergeli", "Olmazor", "Mirobod"]
CHANNELS = ["desk", "phone", "telegram", "web"]
TOUCHPOINTS = ["consultation", "order", "queue", "performance", "warranty", "complaint", "follow_up"]
STAFF = [f"Xodim {number}" for number in range(20)]
SEGMENTS = ["new", "regular", "high_value", "price_sensitive", "at_risk"]
PICKED = np.array([0.4, 0.25, 0.15, 0.12, 0.08])

Values = dict[tuple[str, str, str, str], float]


class Maker:
    """Writes pieces of a log into the folder of a lake."""

    def __init__(self, folder: Path, *, events: int, seed: int) -> None:
        self.folder, self.rng, self.pieces = folder, np.random.default_rng(seed), 0
        self.customers = max(100, events // EVENTS_A_CUSTOMER)
        self.begin = datetime(UNTIL.year - MONTHS // 12, UNTIL.month + 1, 1, tzinfo=UTC)
        self.seconds = int((datetime(UNTIL.year, UNTIL.month, 30, 18, tzinfo=UTC) - self.begin).total_seconds())
        loyal = self.rng.gamma(0.8, 1.0, self.customers)
        self.chances = np.cumsum(loyal / loyal.sum())
        self.home = self.rng.choice(len(BRANCHES), self.customers, p=PICKED)

    def whose(self, count: int) -> np.ndarray:
        return np.minimum(np.searchsorted(self.chances, self.rng.random(count)), self.customers - 1)

    def moments(self, count: int) -> np.ndarray:
        return self.rng.integers(0, self.seconds, count)

    def write(self, type_: str | pl.Series, customer: np.ndarray, second: np.ndarray, **columns: Any) -> None:
        count = len(customer)
        at_home = self.rng.random(count) < 0.88
        branch = np.where(at_home, self.home[customer], self.rng.integers(0, len(BRANCHES), count))
        blank = {"branch": pl.Series(np.array(BRANCHES)[branch])}
        blank["channel"] = pl.Series(np.array(CHANNELS)[self.rng.integers(0, len(CHANNELS), count)])
        given = blank | columns
        frame = pl.DataFrame(
            {
                "id": pl.Series(np.arange(count) + self.pieces * PIECE * 4),
                "identity_id": pl.Series(customer.astype(np.int64) + 1),
                "second": pl.Series(second),
            }
        ).with_columns(
            pl.lit("till").alias("source"),
            (pl.lit(type_) if isinstance(type_, str) else type_).alias("type"),
            (pl.lit(self.begin) + pl.duration(seconds=pl.col("second"))).dt.cast_time_unit("us").alias("occurred_at"),
            given.get("reference", pl.lit("")).alias("reference"),
            pl.lit("Palov").alias("item"),
            pl.lit(1.0).alias("quantity"),
            given.get("amount", pl.lit(None)).cast(pl.Decimal(18, 4)).alias("amount"),
            pl.lit(None, dtype=pl.Decimal(18, 4)).alias("discount"),
            pl.lit("UZS").alias("currency"),
            given["branch"].alias("branch"),
            given["channel"].alias("channel"),
            given.get("payload", pl.lit("{}")).alias("payload"),
        )
        ordered = frame.drop("second").sort("occurred_at")
        for (month,), rows in ordered.group_by(pl.col("occurred_at").dt.strftime("%Y-%m")):
            target = self.folder / f"month={month}"
            target.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(target / f"{self.pieces:04}.parquet")
        self.pieces += 1

    def texts(self, prefix: str, numbers: np.ndarray) -> pl.Series:
        return prefix + pl.Series(numbers).cast(pl.String)

    def picked(self, names: list[str], count: int) -> pl.Series:
        return pl.Series(np.array(names)[self.rng.integers(0, len(names), count)])


def document(**fields: pl.Series) -> pl.Series:
    """JSON objects with these fields: texts are quoted."""
    parts: list[pl.Expr | pl.Series] = []
    for place, (name, values) in enumerate(fields.items()):
        quote = '"' if values.dtype == pl.String else ""
        parts += [pl.lit(f'{"{" if not place else ", "}"{name}": {quote}'), values.cast(pl.String), pl.lit(quote)]
    return pl.select(pl.concat_str([*parts, pl.lit("}")])).to_series()


def make_lake(folder: Path, *, events: int, seed: int = 1) -> pl.DataFrame:
    """Write the lake; returns who is in which segment."""
    maker = Maker(folder, events=events, seed=seed)
    rng = maker.rng
    counts = {name: int(share * events) for name, share in SHARES.items()}
    left, number = counts["purchase_line"], 0
    while left > 0:
        purchases = int(min(PIECE, left) / LINES_A_PURCHASE) + 1
        lines = rng.poisson(LINES_A_PURCHASE - 1, purchases) + 1
        whose, when, place = maker.whose(purchases), maker.moments(purchases), np.arange(number, number + purchases)
        of = np.repeat(np.arange(purchases), lines)[:left]
        branch = np.where(rng.random(purchases) < 0.88, maker.home[whose], rng.integers(0, len(BRANCHES), purchases))
        channel = rng.integers(0, len(CHANNELS), purchases)
        maker.write(
            "purchase_line",
            whose[of],
            when[of],
            reference=maker.texts("R", place[of]),
            amount=pl.Series(rng.integers(5, 200, len(of)) * 1_000),
            branch=pl.Series(np.array(BRANCHES)[branch[of]]),
            channel=pl.Series(np.array(CHANNELS)[channel[of]]),
        )
        left, number = left - len(of), number + purchases
    count = counts["visit"]
    visitor = maker.whose(count)
    maker.write(
        "visit",
        visitor,
        maker.moments(count),
        reference=maker.texts("V", np.arange(count)),
        payload=document(
            waited_minutes=pl.Series(rng.gamma(2, 5, count).round(1)),
            took_minutes=pl.Series(rng.gamma(4, 10, count).round(1)),
            staff=maker.picked(STAFF, count),
            touchpoint=maker.picked(TOUCHPOINTS, count),
        ),
    )
    count = counts["booking"] * 10 // 11
    whose, when = maker.whose(count), maker.moments(count)
    day = pl.Series(np.datetime64("2023-07-02") + (when // 86_400).astype("timedelta64[D]")).cast(pl.String)
    booking = {"reference": maker.texts("B", np.arange(count)), "payload": document(starts_at=day + "T10:00:00+05:00")}
    maker.write("booking_made", whose, when, **booking)
    missed = rng.random(count) < 0.1
    maker.write(
        "booking_missed", whose[missed], when[missed] + 90_000, **{k: v.filter(missed) for k, v in booking.items()}
    )
    count = counts["message_sent"]
    maker.write(
        "message_sent", maker.whose(count), maker.moments(count), payload=document(scenario=maker.picked(["a"], count))
    )
    count = counts["case"] // 3
    whose, when, reference = maker.whose(count), maker.moments(count), maker.texts("C", np.arange(count))
    staff = maker.picked(STAFF, count)
    answered = when + rng.gamma(2, 1_800, count).astype(np.int64)
    resolved = answered + rng.gamma(2, 20_000, count).astype(np.int64)
    right, automatic = (pl.Series(rng.random(count) < share) for share in (0.8, 0.3))
    payloads = {
        "case_opened": document(
            kind=maker.picked(["request", "complaint"], count), touchpoint=maker.picked(TOUCHPOINTS, count)
        ),
        "case_answered": document(by=maker.picked(["staff", "machine"], count), staff=staff),
        "case_resolved": document(first_time=right, automatic=automatic, staff=staff),
    }
    for type_, at in (("case_opened", when), ("case_answered", answered), ("case_resolved", resolved)):
        maker.write(type_, whose, at, reference=reference, payload=payloads[type_])
    count = counts["survey_answered"]
    of_visit = rng.integers(0, len(visitor), count)
    kinds = rng.choice(3, count, p=[0.6, 0.3, 0.1])
    score = np.where(
        kinds == 0,
        rng.integers(1, 6, count),
        np.where(kinds == 1, rng.integers(0, 11, count), rng.integers(1, 8, count)),
    )
    maker.write(
        "survey_answered",
        visitor[of_visit],
        maker.moments(count),
        reference=maker.texts("V", of_visit),
        payload=document(
            kind=pl.Series(np.array(["csat", "nps", "ces"])[kinds]),
            score=pl.Series(score),
            touchpoint=maker.picked(TOUCHPOINTS, count),
        ),
    )
    count = counts["complaint"]
    maker.write(
        "complaint",
        maker.whose(count),
        maker.moments(count),
        payload=document(touchpoint=maker.picked(TOUCHPOINTS, count)),
    )
    count = counts["refund_line"]
    maker.write(
        "refund_line", maker.whose(count), maker.moments(count), amount=pl.Series(-rng.integers(5, 100, count) * 1_000)
    )
    customer = pl.int_range(1, maker.customers + 1, eager=True)
    return pl.DataFrame({"customer_id": customer, "segment": maker.picked(SEGMENTS, maker.customers)})


def text(key: str) -> pl.Expr:
    return pl.col("payload").str.extract(rf'"{key}": "([^"]*)"').fill_null("").alias(key)


def figure(key: str) -> pl.Expr:
    return pl.col("payload").str.extract(rf'"{key}": (-?[0-9.]+)').cast(pl.Float64).alias(key)


def bare(lake: pl.LazyFrame, owners: pl.LazyFrame, segments: pl.DataFrame) -> Values:
    """The same values by hand, without intervals: what one would write who needs them once."""
    found: Values = {}
    members = segments.rename({"segment": "member"})
    local = pl.col("occurred_at").dt.convert_time_zone(ZONE)
    on = [local.dt.date().alias("day"), local.dt.strftime("%Y-%m").alias("month")]
    end = datetime(UNTIL.year, UNTIL.month, UNTIL.day, 19, tzinfo=UTC)
    rows = lake.filter(pl.col("occurred_at") < end).join(owners, on="identity_id")

    def of(*types: str) -> pl.LazyFrame:
        return rows.filter(pl.col("type").is_in(types))

    def tell(frame: pl.DataFrame, name: str, dimension: str, value: pl.Expr) -> None:
        told = frame.select(
            pl.col("member") if "member" in frame.columns else pl.lit("").alias("member"),
            pl.col("month") if "month" in frame.columns else pl.lit("").alias("month"),
            value.cast(pl.Float64).alias("value"),
        ).filter(
            pl.col("value").is_not_null() & pl.col("value").is_not_nan() & (pl.col("member") != "") | (dimension == "")
        )
        for member, month, number in told.iter_rows():
            if number is not None and number == number:
                found[name, dimension, member, month] = number

    def told_by(units: pl.DataFrame, values: dict[str, pl.Expr], dimensions: list[str]) -> None:
        """Values that are ratios of sums: every dimension is one grouping of the rows."""
        aggregates = [value.alias(name) for name, value in values.items()]
        with_segment = units.join(members, on="customer_id", how="left")
        for dimension in ["", "segment", *dimensions]:
            frame = with_segment if dimension == "segment" else units
            if dimension and dimension != "segment":
                frame = frame.filter(pl.col(dimension) != "").rename({dimension: "member"})
            for keys in ([], ["month"]):
                by = (["member"] if dimension else []) + keys
                result = frame.lazy().group_by(by).agg(aggregates) if by else frame.lazy().select(aggregates)
                table = result.collect()
                for name in values:
                    tell(table, name, dimension, pl.col(name))

    purchases = (
        of("purchase_line")
        .group_by("customer_id", "source", "reference")
        .agg(pl.col("occurred_at").min(), pl.col("amount").sum(), pl.col("branch", "channel").min())
        .select("customer_id", "branch", "channel", pl.col("amount").cast(pl.Float64), *on)
        .collect(engine="streaming")
    )
    met = (
        of("refund_line", "complaint")
        .select(
            "customer_id",
            "branch",
            "channel",
            (pl.col("type") == "complaint").alias("complained"),
            pl.when(pl.col("type") == "refund_line").then(-pl.col("amount").cast(pl.Float64)).alias("refunds"),
            pl.when(pl.col("type") == "complaint").then(text("touchpoint")).otherwise(pl.lit("")).alias("touchpoint"),
            *on,
        )
        .collect(engine="streaming")
    )
    trade(purchases, met, members, tell)

    visits = (
        of("visit")
        .select(
            "customer_id",
            "reference",
            "branch",
            "channel",
            text("touchpoint"),
            text("staff"),
            figure("waited_minutes"),
            figure("took_minutes"),
            on[1],
        )
        .collect(engine="streaming")
    )
    waited, took = pl.col("waited_minutes"), pl.col("took_minutes")
    told_by(
        visits,
        {
            "waiting_time": waited.mean(),
            "service_cycle_time": (took + waited.fill_null(0)).mean(),
        },
        ["branch", "channel", "touchpoint", "staff"],
    )
    answers = (
        of("survey_answered")
        .select(
            "customer_id", "reference", "branch", "channel", text("touchpoint"), text("kind"), figure("score"), on[1]
        )
        .collect(engine="streaming")
    )
    served = (
        visits.lazy()
        .filter(pl.col("staff") != "")
        .join(answers.lazy().select("customer_id", "reference"), on=["customer_id", "reference"], how="semi")
    )
    answers = (
        answers.lazy()
        .join(
            served.group_by("customer_id", "reference").agg(pl.col("staff").min()),
            on=["customer_id", "reference"],
            how="left",
        )
        .with_columns(pl.col("staff").fill_null(""))
        .collect()
    )
    score, kind = pl.col("score"), pl.col("kind")
    told_by(
        answers,
        {
            "satisfaction": score.filter(kind == "csat").mean(),
            "satisfied_share": (score.filter(kind == "csat") >= 4).mean(),
            "nps": ((score.filter(kind == "nps") >= 9).mean() - (score.filter(kind == "nps") <= 6).mean()) * 100,
            "ease": score.filter(kind == "ces").mean(),
        },
        ["branch", "channel", "touchpoint", "staff"],
    )
    type_, at = pl.col("type"), pl.col("occurred_at")
    opened = type_ == "case_opened"
    cases = (
        of("case_opened", "case_answered", "case_resolved", "case_reopened")
        .group_by("customer_id", "reference")
        .agg(
            pl.col("branch", "channel").filter(opened).first(),
            text("touchpoint").filter(opened).first(),
            at.filter(opened).min().alias("opened"),
            at.filter(type_ == "case_answered").min().alias("answered"),
            at.filter(type_ == "case_resolved").max().alias("resolved"),
            at.filter(type_ == "case_reopened").max().alias("reopened"),
            pl.coalesce(
                text("staff").filter((type_ == "case_resolved") & (text("staff") != "")).max(),
                text("staff").filter(type_ == "case_answered").min(),
            ),
            pl.col("payload")
            .filter(type_ == "case_resolved")
            .str.contains('"first_time": true', literal=True)
            .max()
            .alias("right"),
            pl.col("payload")
            .filter(type_ == "case_resolved")
            .str.contains('"automatic": true', literal=True)
            .max()
            .alias("automatic"),
        )
        .filter(pl.col("opened").is_not_null())
        .with_columns(
            pl.col("opened").dt.convert_time_zone(ZONE).dt.strftime("%Y-%m").alias("month"),
            ((pl.col("answered") - pl.col("opened")).dt.total_seconds() / 60).alias("answer_minutes"),
            ((pl.col("resolved") - pl.col("opened")).dt.total_seconds() / 60).alias("resolution_minutes"),
        )
        .collect(engine="streaming")
    )
    done = pl.col("resolved").is_not_null()
    told_by(
        cases,
        {
            "first_response_time": pl.col("answer_minutes").mean(),
            "resolution_time": pl.col("resolution_minutes").mean(),
            "first_time_right_share": (pl.col("right") & pl.col("reopened").is_null()).filter(done).mean(),
            "automatic_share": pl.col("automatic").filter(done).mean(),
        },
        ["branch", "channel", "touchpoint", "staff"],
    )
    bookings = (
        of("booking_made", "booking_missed")
        .group_by("customer_id", "reference")
        .agg(
            pl.col("branch", "channel").min(),
            pl.col("payload").str.extract(r'"starts_at": "([0-9-]{10})').max().alias("starts"),
            (type_ == "booking_missed").max().alias("missed"),
        )
        .filter((pl.col("starts") <= UNTIL.isoformat()) | pl.col("missed"))
        .with_columns(pl.col("starts").str.slice(0, 7).alias("month"))
        .collect(engine="streaming")
    )
    told_by(bookings, {"no_show_share": pl.col("missed").mean()}, ["branch", "channel"])
    return found


def trade(purchases: pl.DataFrame, met: pl.DataFrame, members: pl.DataFrame, tell: Any) -> None:
    """What customers bought, gave back and complained of, and how they stand."""
    for dimension in ("", "segment", "branch", "channel"):
        place = dimension in {"branch", "channel"}
        keys = ["customer_id", "member"] if place else ["customer_id"]
        frames = [purchases, met]
        if place:
            frames = [one.rename({dimension: "member"}) for one in frames]
        if dimension == "segment":
            continue  # told together with the whole, from the same tables
        mine, others = frames
        monthly = (
            mine.lazy()
            .group_by(*keys, "month")
            .agg(
                pl.len().alias("purchases"),
                pl.col("amount").sum(),
                pl.col("day").min().alias("first"),
                pl.col("day").max().alias("last"),
            )
            .collect()
        )
        of_month = (
            others.lazy().group_by(*keys, "month").agg(pl.col("refunds").sum(), pl.col("complained").any()).collect()
        )
        customers = (
            monthly.lazy()
            .group_by(keys)
            .agg(pl.col("purchases", "amount").sum(), pl.col("first").min(), pl.col("last").max())
            .collect()
        )
        of_all = of_month.lazy().group_by(keys).agg(pl.col("refunds").sum(), pl.col("complained").any()).collect()
        if not place:
            again = customers.filter(pl.col("purchases") > 1)
            pause = (again["last"] - again["first"]).dt.total_days() / (again["purchases"] - 1)
            trade.pause = pause.median()  # type: ignore[attr-defined]
        usual: float = trade.pause  # type: ignore[attr-defined]
        silent = (pl.lit(UNTIL) - pl.col("last")).dt.total_days()
        patience = ((pl.col("last") - pl.col("first")).dt.total_days() + usual) / pl.col("purchases") * 2
        both = customers.join(of_all, on=keys, how="full", coalesce=True)
        months = monthly.join(customers.select(*keys, began=pl.col("first")), on=keys)
        joined = months.join(of_month, on=[*keys, "month"], how="full", coalesce=True)
        levels = [("", both, joined)] if not place else [(dimension, both, joined)]
        if not place:
            levels.append(
                (
                    "segment",
                    both.join(members, on="customer_id", how="left"),
                    joined.join(members, on="customer_id", how="left"),
                )
            )
        bought, complained = pl.col("purchases") > 0, pl.col("complained").fill_null(False)
        for name, table, by_month in levels:
            sums = [
                pl.col("amount").sum().alias("revenue"),
                pl.col("purchases").sum(),
                bought.sum().alias("purchasers"),
                pl.col("refunds").sum(),
                complained.sum(),
                (bought.fill_null(False) | complained).sum().alias("base"),
            ]
            by = ["member"] if name else []
            standing = [
                (silent >= 0).sum().alias("customers"),
                (silent < 90).sum().alias("active"),
                (silent > patience).sum().alias("at_risk"),
                ((pl.col("purchases") >= 3) & (silent <= patience)).sum().alias("loyal"),
                (pl.col("purchases") > 1).sum().alias("came_back"),
                (pl.col("first") > UNTIL - timedelta(days=90)).sum().alias("new"),
            ]
            whole = (
                table.lazy().group_by(by).agg(*sums, *standing).collect()
                if by
                else table.lazy().select(*sums, *standing).collect()
            )
            by_member = (
                by_month.lazy()
                .group_by(*by, "month")
                .agg(
                    *sums,
                    (pl.col("first") == pl.col("began")).sum().alias("new"),
                    ((pl.col("first") > pl.col("began")) | (pl.col("purchases") > 1)).sum().alias("came_back"),
                )
                .collect()
            )
            for frame in (whole, by_member):
                tell(frame, "revenue", name, pl.col("revenue"))
                tell(frame, "purchases", name, pl.col("purchases"))
                tell(frame, "purchasers", name, pl.col("purchasers"))
                tell(frame, "new_customers", name, pl.col("new"))
                tell(frame, "average_check", name, pl.col("revenue") / pl.col("purchases"))
                tell(frame, "repeat_purchase_share", name, pl.col("came_back") / pl.col("purchasers"))
                tell(frame, "refund_share", name, pl.col("refunds") / pl.col("revenue"))
                tell(frame, "complaint_share", name, pl.col("complained") / pl.col("base"))
            for state, part in (("active_share", "active"), ("churn_risk_share", "at_risk"), ("loyal_share", "loyal")):
                tell(whole, state, name, pl.col(part) / pl.col("customers"))
                if not place:
                    tell(
                        whole.with_columns(month=pl.lit(f"{UNTIL:%Y-%m}")),
                        state,
                        name,
                        pl.col(part) / pl.col("customers"),
                    )
            if not place:
                states(by_month.filter(bought.fill_null(False)), name, usual, tell)
            if not name:
                bases = {"": whole["base"].item()} | dict(by_member.select("month", "base").iter_rows())
        if not place:
            at = met.filter(pl.col("touchpoint") != "").rename({"touchpoint": "member"})
            people = pl.col("customer_id").n_unique().alias("people")
            for frame in (at.group_by("member").agg(people), at.group_by("member", "month").agg(people)):
                month = pl.col("month") if "month" in frame.columns else pl.lit("")
                tell(
                    frame,
                    "complaint_share",
                    "touchpoint",
                    pl.col("people") / month.replace_strict(bases, return_dtype=pl.Float64),
                )


def states(rows: pl.DataFrame, name: str, usual: float, tell: Any) -> None:
    """How customers stood at the end of each month: each row speaks until its customer's next one."""
    by = ["member"] if name else []
    ordered = rows.select("customer_id", *by, "month", "purchases", "last", "began").sort("customer_id", "month")
    same = pl.col("customer_id") == pl.col("customer_id").shift(-1)
    number = pl.col("month").str.slice(0, 4).cast(pl.Int64) * 12 + pl.col("month").str.slice(5, 2).cast(pl.Int64) - 1
    last = UNTIL.year * 12 + UNTIL.month
    told = (
        ordered.lazy()
        .with_columns(number.alias("number"), pl.col("purchases").cum_sum().over("customer_id").alias("so_far"))
        .with_columns(
            pl.when(same).then(pl.col("number").shift(-1)).otherwise(last).alias("next"),
            (((pl.col("last") - pl.col("began")).dt.total_days() + usual) / pl.col("so_far") * 2)
            .floor()
            .cast(pl.Int64)
            .alias("patience"),
        )
        .with_columns(
            risk=_month(pl.col("last") + pl.duration(days=pl.col("patience") + 1)),
            quiet=_month(pl.col("last") + pl.duration(days=90)),
        )
        .collect()
    )
    spans = {
        "customers": (pl.col("number"), pl.col("next"), pl.lit(True)),
        "active_share": (pl.col("number"), pl.min_horizontal("quiet", "next"), pl.lit(True)),
        "churn_risk_share": (pl.col("risk"), pl.col("next"), pl.lit(True)),
        "loyal_share": (pl.col("number"), pl.min_horizontal("risk", "next"), pl.col("so_far") >= 3),
    }
    first = told["number"].min()
    months = pl.DataFrame({"number": range(first, last)})
    frame = months if not by else months.join(told.select("member").unique(), how="cross")
    for state, (start, stop, which) in spans.items():
        span = told.lazy().filter(which & (start < stop)).select(*by, start=start, stop=stop)
        change = (
            pl.concat(
                [
                    span.group_by(*by, number="start").agg(pl.len().cast(pl.Int64).alias(state)),
                    span.group_by(*by, number="stop").agg(-pl.len().cast(pl.Int64).alias(state)),
                ]
            )
            .group_by(*by, "number")
            .agg(pl.col(state).sum())
        )
        frame = frame.join(change.collect(), on=[*by, "number"], how="left").sort("number")
        total = pl.col(state).fill_null(0).cum_sum()
        frame = frame.with_columns((total.over("member") if by else total).alias(state))
    year, month = pl.col("number") // 12, pl.col("number") % 12 + 1
    frame = frame.filter(pl.col("number") < last - 1).with_columns(
        month=pl.format("{}-{}", year, month.cast(pl.String).str.zfill(2))
    )
    for state in list(spans)[1:]:
        tell(frame, state, name, pl.col(state) / pl.when(pl.col("customers") > 0).then(pl.col("customers")))


def _month(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1


def ours(lake: pl.LazyFrame, owners: pl.LazyFrame, segments: pl.DataFrame) -> Values:
    found: Values = {}
    for row in kpis.kpis(lake, owners, as_of=UNTIL, zone=ZONE, segments=segments):
        if row.value is not None:
            dimension = kpis.dimension_of(row.by)
            found[row.name, dimension, row.by.get(dimension, ""), row.by.get("month", "")] = row.value
    return found


def differing(mine: Values, theirs: Values) -> list[str]:
    """Which values differ by more than rounding; those that only one has differ unless they are nothing."""
    wrong = []
    for key in sorted(mine.keys() | theirs.keys()):
        a, b = mine.get(key, 0.0), theirs.get(key, 0.0)
        if abs(a - b) > 1e-9 * max(1.0, abs(a)):
            wrong.append(f"{key}: {mine.get(key)} and {theirs.get(key)}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the lake is kept; made when it is not there")
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        files = folder / f"{options.events}"
        if not (files / "segments.parquet").exists():
            make_lake(files / "events", events=options.events).write_parquet(files / "segments.parquet")
        segments = pl.read_parquet(files / "segments.parquet")
        owners = segments.select("customer_id", identity_id="customer_id").lazy()
        lake = pl.scan_parquet(sorted(files.glob("events/month=*/*.parquet")), hive_partitioning=False)
        rows = lake.select(pl.len()).collect().item()
        best: dict[str, float] = {}
        worked: dict[str, float] = {}
        values: dict[str, Values] = {}
        for _ in range(options.repeat):
            for name, work in (("bare Polars", bare), ("analysis.kpis", ours)):
                started, busy = time.perf_counter(), time.process_time()
                values[name] = work(lake, owners, segments)
                best[name] = min(best.get(name, float("inf")), time.perf_counter() - started)
                worked[name] = min(worked.get(name, float("inf")), time.process_time() - busy)
    wrong = differing(values["analysis.kpis"], values["bare Polars"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    told = len(values["analysis.kpis"])
    print(f"{rows:,} events, {segments.height:,} customers, {told:,} values, load {os.getloadavg()[0]:.1f}")
    for name, seconds in best.items():
        print(f"{name:>14}: {seconds:.2f} s, {worked[name]:.1f} s of processor time")
    ratio, of_work = (found["analysis.kpis"] / found["bare Polars"] for found in (best, worked))
    told = f"ratio {ratio:.2f} ({of_work:.2f} of processor time), most memory {memory:.1f} GB"
    print(f"{told}, {len(wrong)} values differ")
    print("\n".join(wrong[:20]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
