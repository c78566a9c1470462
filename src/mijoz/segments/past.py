"""Profiles as they were at the end of an earlier day, computed from the lake.

The same facts as customers/projection.py keeps for the present; what a customer told us (language, consent,
birth date) has no past here and is taken as it is known now.
"""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from mijoz.customers.queries import ownership_frame
from mijoz.events import lake
from mijoz.events.types import ASKED, BY_US, SATISFACTION

FAVOURITES = 3


def profiles_until(end: datetime) -> pl.DataFrame:
    """One row for each customer with an event until the moment `end`, columns as in customers_profile."""
    rows = (
        lake.scan()
        .filter(pl.col("identity_id").is_not_null(), pl.col("occurred_at") <= end.astimezone(UTC))
        .join(ownership_frame().lazy(), on="identity_id")
    )
    return (
        _totals(rows)
        .join(_channels(rows), on="customer_id", how="left")
        .join(_favourites(rows), on="customer_id", how="left")
        .join(_satisfaction(rows), on="customer_id", how="left")
        .with_columns(pl.col("favourite_services").fill_null([]), pl.col("acquisition_channel").fill_null(""))
        .sort("customer_id")
        .collect()
    )


def _totals(rows: pl.LazyFrame) -> pl.LazyFrame:
    by_reference = rows.group_by("customer_id", "source", "reference", "type").agg(
        lines=pl.len(),
        amount=pl.col("amount").sum(),
        discounted=(pl.col("discount") > 0).sum(),
        first_at=pl.col("occurred_at").min(),
        last_at=pl.col("occurred_at").max(),
    )
    purchase, refund, complaint = (pl.col("type") == kind for kind in ("purchase_line", "refund_line", "complaint"))
    seen = ~pl.col("type").is_in(BY_US)
    return by_reference.group_by("customer_id").agg(
        first_seen_at=pl.col("first_at").filter(seen).min(),
        last_seen_at=pl.col("last_at").filter(seen).max(),
        first_purchase_at=pl.col("first_at").filter(purchase).min(),
        last_purchase_at=pl.col("first_at").filter(purchase).max(),
        purchases=purchase.sum(),
        purchase_lines=pl.col("lines").filter(purchase).sum(),
        revenue=pl.col("amount").filter(purchase).sum(),
        refunds=refund.sum(),
        refund_value=-pl.col("amount").filter(refund).sum(),
        discount_share=pl.when(purchase.any()).then(
            pl.col("discounted").filter(purchase).sum() / pl.col("lines").filter(purchase).sum()
        ),
        complaints=pl.col("lines").filter(complaint).sum(),
        last_complaint_at=pl.col("last_at").filter(complaint).max(),
    )


def _channels(rows: pl.LazyFrame) -> pl.LazyFrame:
    told = rows.filter(pl.col("channel") != "", ~pl.col("type").is_in(BY_US | ASKED)).sort("occurred_at", "channel")
    return told.group_by("customer_id", maintain_order=True).agg(acquisition_channel=pl.col("channel").first())


def _favourites(rows: pl.LazyFrame) -> pl.LazyFrame:
    counted = (
        rows.filter(pl.col("type") == "purchase_line", pl.col("item") != "")
        .group_by("customer_id", "item")
        .agg(times=pl.len(), last_at=pl.col("occurred_at").max())
        .sort("times", "last_at", "item", descending=[True, True, False])
    )
    return counted.group_by("customer_id", maintain_order=True).agg(favourite_services=pl.col("item").head(FAVOURITES))


def _satisfaction(rows: pl.LazyFrame) -> pl.LazyFrame:
    answers = (
        rows.filter(pl.col("type") == "survey_answered")
        .filter(pl.col("payload").str.json_path_match("$.kind") == SATISFACTION)
        .with_columns(score=pl.col("payload").str.json_path_match("$.score"))
        .filter(pl.col("score").str.contains(r"^-?\d{1,9}([.]\d{1,9})?$"))
        .with_columns(last_satisfaction=pl.col("score").cast(pl.Float64))
    )
    return (
        answers.sort("occurred_at", "last_satisfaction", descending=[False, True])
        .group_by("customer_id", maintain_order=True)
        .agg(pl.col("last_satisfaction").last())
    )
