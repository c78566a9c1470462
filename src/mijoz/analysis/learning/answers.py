"""Which messages were answered: each answer belongs to the last message that the customer had before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import narwhals as nw
import polars as pl

from mijoz.analysis.frames import Frame, collected, lazy

# What shows that a message was noticed. An opening alone says little since mail programs fetch pictures by themselves,
# but it says no less by one channel or hour than by another.
ANSWERS = ("message_opened", "message_clicked", "message_replied", "purchase_line", "booking_made")


def answered_messages(events: Frame, ownership: Frame, *, within: timedelta) -> pl.DataFrame:
    """One row for each message sent: customer_id, channel, occurred_at, is_answered.

    `events` are rows of the log (type, identity_id, channel, occurred_at), `ownership` says whose identities are. A
    message is answered when one of ANSWERS came from the customer within that time and no other message lies between.
    """
    rows = (
        lazy(events)
        .filter(nw.col("type").is_in(["message_sent", *ANSWERS]))
        .select("type", "identity_id", "channel", "occurred_at")
        .join(lazy(ownership).select("identity_id", "customer_id"), on="identity_id", how="inner")
    )
    found = collected(rows).to_polars()
    sent = found.filter((pl.col("type") == "message_sent") & (pl.col("channel") != ""))
    sent = sent.select("customer_id", "channel", "occurred_at").sort("occurred_at").with_row_index("message")
    answers = found.filter(pl.col("type") != "message_sent").select("customer_id", "occurred_at").sort("occurred_at")
    last = answers.join_asof(
        sent, on="occurred_at", by="customer_id", strategy="backward", tolerance=within, check_sortedness=False
    )
    hit = last["message"].drop_nulls().unique()
    return sent.with_columns(is_answered=pl.col("message").is_in(hit.implode())).drop("message")


def counted(messages: pl.DataFrame, *, by: Sequence[str], at: datetime, half_life_days: float) -> pl.DataFrame:
    """How many messages and answers there were, by these columns: messages, answers, and faded as sent and answered."""
    age = (pl.lit(at) - pl.col("occurred_at")).dt.total_seconds() / 86_400
    return (
        messages.with_columns(weight=0.5 ** (pl.max_horizontal(age, 0.0) / half_life_days))
        .group_by(*by)
        .agg(
            messages=pl.len().cast(pl.Int64),
            answers=pl.col("is_answered").sum().cast(pl.Int64),
            sent=pl.col("weight").sum(),
            answered=(pl.col("weight") * pl.col("is_answered")).sum(),
        )
    )
