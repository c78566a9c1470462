"""What a file of customers holds, counted as it goes by, and which of its rows look like one person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from mijoz.customers.importing.people import PeopleChunk
from mijoz.customers.importing.people_writing import Compared
from mijoz.customers.names import fold
from mijoz.customers.queries import root_of

COUNTED = ("new", "known", "changed", "unchanged", "unreadable", "unproved")
SHOWN_GROUPS, SHOWN_CHANGES = 100, 200


class PeopleCounter:
    """Counts of one run. Lines up to `seen_before` were written when it ran before it was killed, and count as then."""

    def __init__(self, before: Mapping[str, Any] | None = None) -> None:
        before = before or {}
        self.seen_before = before.get("lines", 0)
        self.counts = {name: before.get(name, 0) for name in COUNTED}
        self.lines = 0
        self.rejected = 0
        self.customers: set[int] = set()

    def add(self, chunk: PeopleChunk, compared: Compared, customers: Iterable[int] = (), *, unproved: int = 0) -> None:
        if self.lines >= self.seen_before:
            found = compared.counts() | {"unreadable": _unreadable(chunk), "unproved": unproved}
            self.counts = {name: self.counts[name] + found[name] for name in COUNTED}
        self.lines += chunk.lines
        self.rejected += chunk.rejects.height
        self.customers.update(customers)

    def so_far(self) -> dict[str, int]:
        """What a running import shows, and goes on from when it is killed."""
        return {"lines": max(self.lines, self.seen_before), "rejected": self.rejected, **self.counts}

    def figures(self) -> dict[str, Any]:
        """As `mijoz import customers --json` prints them."""
        return {
            "lines": self.lines,
            "customers": len(set(root_of(self.customers).values())),
            **self.counts,
            "rejected": self.rejected,
        }


def _unreadable(chunk: PeopleChunk) -> int:
    """Cells that are kept as they were given, since they cannot be read as what they should be."""
    return chunk.traits.filter((pl.col("value") == "") & (pl.col("trouble") != "")).height


class Twins:
    """Rows of one file that look like one person: of the same phone or e-mail, or of the same name and birth date."""

    def __init__(self) -> None:
        self._seen: list[pl.DataFrame] = []

    def add(self, chunk: PeopleChunk) -> None:
        lines = chunk.records.select("key", "line", "name")
        ways = chunk.ways.join(lines, on="key").select("line", "name", by="kind", value="value")
        born = chunk.records.filter((pl.col("name") != "") & (pl.col("birth_on") != ""))
        folded = born["name"].replace_strict(
            {name: fold(name) for name in born["name"].unique()}, return_dtype=pl.String
        )
        same = born.select(
            "line",
            "name",
            by=pl.lit("birth_on"),
            value=pl.concat_str([folded.alias("folded"), "birth_on"], separator="|"),
        )
        self._seen.append(pl.concat([ways, same]))

    def groups(self) -> tuple[int, list[dict[str, Any]]]:
        """How many groups there are, and the first of them: by what, the value, lines and names."""
        if not self._seen:
            return 0, []
        rows = pl.concat(self._seen)
        found = (
            rows.unique(["line", "by", "value"], maintain_order=True)
            .group_by("by", "value", maintain_order=True)
            .agg("line", "name")
            .filter(pl.col("line").list.len() > 1)
        )
        distinct = found.unique("line", maintain_order=True, keep="first")
        shown = [
            {"by": by, "value": value if by != "birth_on" else value.rpartition("|")[2], "lines": lines, "names": names}
            for by, value, lines, names in distinct.head(SHOWN_GROUPS).iter_rows()
        ]
        return distinct.height, shown
