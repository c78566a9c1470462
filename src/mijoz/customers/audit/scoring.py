"""How good what we know of customers is: what is missing or doubtful of each, a score, and the counts of all.

`people` has a row for each customer: customer (Int64); named, phone, email, birth, gender, language, place (Boolean:
something is known); unreadable and conflicts (List[String] of the traits concerned); slip and duplicate (Boolean);
days_since_heard (Int64, null for never).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

FRESH_DAYS = 730
POINTS = {  # that a finding costs; together they are all of the 100
    "no_name": 20,
    "no_phone": 22,
    "no_email": 8,
    "no_birth": 12,
    "no_gender": 4,
    "no_language": 6,
    "no_place": 5,
    "unreadable": 5,
    "slip": 3,
    "conflict": 5,
    "duplicate": 6,
    "stale": 4,
}
FIELDS = ("named", "phone", "email", "birth", "gender", "language", "place")
GOOD, FAIR = 80, 50  # scores from which a record is good, and from which it is fair


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of all customers: `found` by finding, `filled` by field, `score` the mean, `bands` good, fair, poor."""

    customers: int
    score: float
    found: dict[str, int]
    filled: dict[str, int]
    bands: dict[str, int]


def findings(people: pl.DataFrame) -> pl.DataFrame:
    """customer, score (100 less the points of its findings) and findings (List[String], in the order of POINTS)."""
    missing = {
        "no_name": ~pl.col("named"),
        "no_phone": ~pl.col("phone"),
        "no_email": ~pl.col("email"),
        "no_birth": ~pl.col("birth"),
        "no_gender": ~pl.col("gender"),
        "no_language": ~pl.col("language"),
        "no_place": ~pl.col("place"),
        "unreadable": pl.col("unreadable").list.len() > 0,
        "slip": pl.col("slip"),
        "conflict": pl.col("conflicts").list.len() > 0,
        "duplicate": pl.col("duplicate"),
        "stale": pl.col("days_since_heard").fill_null(FRESH_DAYS + 1) > FRESH_DAYS,
    }
    assert missing.keys() == POINTS.keys()
    lost = pl.sum_horizontal(
        pl.when(condition.fill_null(False)).then(pl.lit(POINTS[code])).otherwise(0)
        for code, condition in missing.items()
    )
    codes = pl.concat_list(
        pl.when(condition.fill_null(False)).then(pl.lit(code)).otherwise(pl.lit(None, dtype=pl.String))
        for code, condition in missing.items()
    ).list.drop_nulls()
    return people.select("customer", (100 - lost).cast(pl.Int64).alias("score"), codes.alias("findings"))


def figures(people: pl.DataFrame, found: pl.DataFrame) -> Figures:
    """The counts of all customers; of none at all they are zero."""
    counted = dict(found["findings"].explode().drop_nulls().value_counts().iter_rows())
    score = found["score"]
    return Figures(
        customers=people.height,
        score=round(float(score.mean() or 0), 1),  # type: ignore[arg-type]
        found={code: counted.get(code, 0) for code in POINTS},
        filled={name: int(people[name].sum()) for name in FIELDS},
        bands={
            "good": int((score >= GOOD).sum()),
            "fair": int(((score >= FAIR) & (score < GOOD)).sum()),
            "poor": int((score < FAIR).sum()),
        },
    )


def band(score: int) -> str:
    """`good`, `fair` or `poor`."""
    return "good" if score >= GOOD else "fair" if score >= FAIR else "poor"
