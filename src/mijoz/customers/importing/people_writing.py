"""What a file tells of customers compared with what is known, and written in sets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import connection

from mijoz.customers import traits
from mijoz.customers.identity import linking
from mijoz.customers.importing import marks
from mijoz.customers.importing.people import KIND, LONGEST_TAG, TAG_SEPARATOR, PeopleChunk
from mijoz.customers.models import Imported, ImportRun, Purpose
from mijoz.events.actions import UNTRADED, record

MOMENT = pl.Datetime("us", "UTC")
What = Imported.What

KNOWN = """
    SELECT given.key, i.id, coalesce(o.customer_id, 0)
    FROM unnest(%s::text[]) AS given(key)
    JOIN events_identity i ON (i.value, i.kind, i.account) = (given.key, %s, %s)
    LEFT JOIN customers_ownership o ON o.identity_id = i.id
"""
STORED = """
    SELECT t.identity_id, t.name, t.value, t.original FROM customers_trait t
    WHERE t.identity_id = ANY(%s) AND t.source_id = %s
"""
WAYS_KNOWN = """
    SELECT DISTINCT i.kind, i.value, i.id, coalesce(o.customer_id, 0)
    FROM unnest(%s::text[], %s::text[]) AS given(kind, value)
    JOIN events_identity i ON (i.value, i.kind, i.account) = (given.value, given.kind, '')
    LEFT JOIN customers_ownership o ON o.identity_id = i.id
"""
# Whoever tells a new phone first owns it; for the others it is a link to them.
MAKE_WAYS = """
    WITH given AS (
        SELECT DISTINCT ON (kind, value) kind, value, identity_id
        FROM unnest(%(kinds)s::text[], %(values)s::text[], %(owners)s::bigint[])
            WITH ORDINALITY AS given(kind, value, identity_id, place)
        ORDER BY kind, value, place
    ), made AS (
        INSERT INTO events_identity (kind, account, value) SELECT kind, '', value FROM given ORDER BY value, kind
        ON CONFLICT DO NOTHING RETURNING id, kind, value
    ), owned AS (
        INSERT INTO customers_ownership (identity_id, customer_id, home_id)
        SELECT made.id, o.customer_id, o.home_id
        FROM made JOIN given USING (kind, value) JOIN customers_ownership o ON o.identity_id = given.identity_id
    )
    SELECT id FROM made
"""
MAKE_TAGS = "INSERT INTO customers_tag (name) SELECT DISTINCT unnest(%s::text[]) ON CONFLICT DO NOTHING"
TAG = """
    INSERT INTO customers_tagging (customer_id, tag_id)
    SELECT DISTINCT o.customer_id, t.id
    FROM unnest(%s::bigint[], %s::text[]) AS given(identity_id, name)
    JOIN customers_ownership o USING (identity_id) JOIN customers_tag t USING (name)
    ON CONFLICT DO NOTHING RETURNING id
"""
WRITE_NOTES = """
    INSERT INTO customers_note (customer_id, text, is_pinned, written_by_id, written_through, written_at)
    SELECT DISTINCT o.customer_id, given.text, false, %s::bigint, %s, %s::timestamptz
    FROM unnest(%s::bigint[], %s::text[]) AS given(identity_id, text) JOIN customers_ownership o USING (identity_id)
    WHERE NOT EXISTS (
        SELECT FROM customers_note n WHERE n.customer_id = o.customer_id AND n.text = given.text
    )
    RETURNING id
"""
ANSWER = """
    INSERT INTO customers_consent (customer_id, purpose, channel, granted, answered_at, proof, given_through)
    SELECT DISTINCT ON (o.customer_id) o.customer_id, %s, '', given.granted, %s::timestamptz, given.proof, 'import'
    FROM unnest(%s::bigint[], %s::boolean[], %s::text[]) AS given(identity_id, granted, proof)
    JOIN customers_ownership o USING (identity_id)
    ORDER BY o.customer_id, given.granted
    ON CONFLICT (customer_id, purpose, channel) DO NOTHING
    RETURNING id, customer_id, granted, proof
"""


@dataclass(slots=True)
class Compared:
    """What is new in a chunk. `who` has a row for each record: key, identity_id (null for a new one), is_new,
    is_changed; `changes` a row for each trait that is told otherwise than before: key, name, before, value."""

    who: pl.DataFrame
    changes: pl.DataFrame
    told: pl.DataFrame  # the traits that are to be written
    ways: pl.DataFrame  # key, kind, value, way_id, way_customer (null for a way that is new)

    def counts(self) -> dict[str, int]:
        new = int(self.who["is_new"].sum())
        changed = int((self.who["is_changed"] & ~self.who["is_new"]).sum())
        known = self.who.height - new
        return {"new": new, "known": known, "changed": changed, "unchanged": known - changed}


def compare(chunk: PeopleChunk, run: ImportRun, *, source: str | None = None) -> Compared:
    """Compare what a chunk tells with what the same source told before: four queries, whatever there is."""
    keys = chunk.records["key"].to_list()
    account = source or run.source.name
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [keys, KIND, account])
        known = _frame(cursor.fetchall(), {"key": pl.String, "identity_id": pl.Int64, "customer_id": pl.Int64})
        cursor.execute(STORED, [known["identity_id"].to_list(), run.source_id])
        rows = {"identity_id": pl.Int64, "name": pl.String, "before": pl.String, "original_before": pl.String}
        stored = _frame(cursor.fetchall(), rows)
        cursor.execute(WAYS_KNOWN, [chunk.ways["kind"].to_list(), chunk.ways["value"].to_list()])
        columns = {"kind": pl.String, "value": pl.String, "way_id": pl.Int64, "way_customer": pl.Int64}
        ways = chunk.ways.join(_frame(cursor.fetchall(), columns), on=["kind", "value"], how="left")
    stored = stored.join(known.select("identity_id", "key"), on="identity_id").drop("identity_id")
    told = chunk.traits.join(stored, on=["key", "name"], how="left", maintain_order="left")
    is_other = pl.col("before").is_null() | (
        ((pl.col("before") != pl.col("value")) | (pl.col("original_before") != pl.col("original")))
        & ((pl.col("value") != "") | (pl.col("before") == ""))
    )
    told = told.filter(is_other)
    with_news = pl.concat([told["key"], ways.filter(pl.col("way_id").is_null())["key"]]).unique()
    met = ways.filter(pl.col("way_id").is_not_null())["key"].unique()
    who = chunk.records.select("key").join(known, on="key", how="left", maintain_order="left")
    who = who.with_columns(
        is_new=pl.col("identity_id").is_null() & ~pl.col("key").is_in(met.implode()),
        is_changed=pl.col("identity_id").is_null() | pl.col("key").is_in(with_news.implode()),
    )
    changes = told.filter(pl.col("before").is_not_null() | pl.col("key").is_in(known["key"].implode()))
    return Compared(who, changes.select("key", "name", "before", "value"), told, ways)


def write(chunk: PeopleChunk, run: ImportRun, *, at: datetime) -> tuple[Compared, set[int]]:
    """Write what is new in a chunk; returns what that was, and the customers told of. Inside `marks.writing`."""
    compared = compare(chunk, run)
    news = compared.who.filter("is_changed")
    record(_events(news["key"], compared.told, run, at=at), source=run.source)
    owners = _owners(chunk.records["key"].to_list(), run)
    told = compared.told.select(
        identity_kind=pl.lit(KIND),
        identity_account=pl.lit(run.source.name),
        identity_value="key",
        name="name",
        value="value",
        original="original",
        trouble="trouble",
        told_at=pl.lit(at).cast(MOMENT),
    )
    known = compared.who.filter(pl.col("identity_id").is_not_null())["key"]
    marks.keep_before(run, told.filter(pl.col("identity_value").is_in(known.implode())))
    identities = list(owners.values())
    traits.tell(told, source=run.source)
    _link(compared, owners, run)
    traits.settle(_customers_of(owners[key] for key in (*news["key"], *told["identity_value"])))
    _tag(chunk, owners, run)
    _note(chunk, owners, run, at=at)
    _answer(chunk, owners, run, at=at)
    return compared, _customers_of(identities)


def _frame(rows: list[tuple[object, ...]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=schema, orient="row")


def _owners(keys: list[str], run: ImportRun) -> dict[str, int]:
    """The identities of these records, by key."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [keys, KIND, run.source.name])
        return {key: identity for key, identity, _customer in cursor.fetchall()}


def _customers_of(identities: Iterable[int]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT customer_id FROM customers_ownership WHERE identity_id = ANY(%s)", [list(identities)]
        )
        return {row[0] for row in cursor.fetchall()}


def _events(keys: pl.Series, told: pl.DataFrame, run: ImportRun, *, at: datetime) -> pl.DataFrame:
    """One row of the log for each record with news: what was told."""
    said = {
        key: json.dumps({"traits": dict(zip(names, values, strict=True))}, ensure_ascii=False)
        for key, names, values in told.filter(pl.col("value") != "").group_by("key").agg("name", "value").iter_rows()
    }
    return keys.to_frame("key").select(
        message_id=pl.format("import/{}/{}", pl.lit(run.pk.hex[:12]), "key"),
        type=pl.lit("profile_declared"),
        identity_kind=pl.lit(KIND),
        identity_account=pl.lit(run.source.name),
        identity_value="key",
        occurred_at=pl.lit(at).cast(MOMENT),
        **UNTRADED,
        payload=pl.col("key").replace_strict(said, default='{"traits":{}}', return_dtype=pl.String),
    )


def _link(compared: Compared, owners: dict[str, int], run: ImportRun) -> None:
    """Let new phones and e-mails lead to their customer, and tell which records share one that leads to somebody."""
    ways = compared.ways.join(compared.who.filter("is_changed").select("key"), on="key", how="semi")
    if ways.is_empty():
        return
    ways = ways.with_columns(identity_id=pl.Series([owners[key] for key in ways["key"]], dtype=pl.Int64))
    new = ways.filter(pl.col("way_id").is_null())
    with connection.cursor() as cursor:
        given = {"kinds": new["kind"].to_list(), "values": new["value"].to_list()}
        cursor.execute(MAKE_WAYS, given | {"owners": new["identity_id"].to_list()})
        marks.note_made([row[0] for row in cursor.fetchall()])
        cursor.execute(WAYS_KNOWN, [ways["kind"].to_list(), ways["value"].to_list()])
        columns = {"kind": pl.String, "value": pl.String, "way": pl.Int64, "way_customer": pl.Int64}
        found = ways.drop("way_customer").join(_frame(cursor.fetchall(), columns), on=["kind", "value"])
        cursor.execute(
            "SELECT identity_id, customer_id FROM customers_ownership WHERE identity_id = ANY(%s)",
            [found["identity_id"].unique().to_list()],
        )
        customers = _frame(cursor.fetchall(), {"identity_id": pl.Int64, "customer_id": pl.Int64})
    marks.note(run, What.MET, found.filter(pl.col("way_id").is_not_null())["way"].unique().to_list())
    apart = found.join(customers, on="identity_id").filter(pl.col("customer_id") != pl.col("way_customer"))
    pairs = sorted(apart.select("identity_id", "way").unique().rows())
    if pairs:
        traits.settle([*apart["customer_id"], *apart["way_customer"]])  # what is told of them may speak against it
        linking.link(pairs, asking_about_relatives=True)


def _tag(chunk: PeopleChunk, owners: dict[str, int], run: ImportRun) -> None:
    given = [
        (owners[key], tag.strip()[:LONGEST_TAG])
        for key, tags in chunk.records.filter(pl.col("tags") != "").select("key", "tags").iter_rows()
        for tag in TAG_SEPARATOR.split(tags)
        if tag.strip()
    ]
    if not given:
        return
    identities, names = zip(*given, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(MAKE_TAGS, [list(names)])
        cursor.execute(TAG, [list(identities), list(names)])
        marks.note(run, What.TAGGING, [row[0] for row in cursor.fetchall()])


def _note(chunk: PeopleChunk, owners: dict[str, int], run: ImportRun, *, at: datetime) -> None:
    given = chunk.records.filter(pl.col("note") != "").select("key", "note")
    if given.is_empty():
        return
    identities = [owners[key] for key in given["key"]]
    with connection.cursor() as cursor:
        through = "" if run.started_by_id else run.source.name
        cursor.execute(WRITE_NOTES, [run.started_by_id, through, at, identities, given["note"].to_list()])
        marks.note(run, What.NOTE, [row[0] for row in cursor.fetchall()])


def _answer(chunk: PeopleChunk, owners: dict[str, int], run: ImportRun, *, at: datetime) -> None:
    """Keep what the file says of consent: a yes with its proof, a no as it is. An earlier answer stands."""
    given = answers(chunk.records, run.consent_proof)
    if given.is_empty():
        return
    identities = [owners[key] for key in given["key"]]
    with connection.cursor() as cursor:
        cursor.execute(
            ANSWER, [Purpose.MARKETING.value, at, identities, given["granted"].to_list(), given["proof"].to_list()]
        )
        kept = cursor.fetchall()
    marks.note(run, What.CONSENT, [row[0] for row in kept])
    if kept:
        record(_answers(kept, run, at=at))


def answers(records: pl.DataFrame, proof_of_all: str) -> pl.DataFrame:
    """key, granted, proof of each record whose answer counts; a yes without a proof does not."""
    proof = pl.when(pl.col("consent_proof") != "").then("consent_proof").otherwise(pl.lit(proof_of_all))
    told = records.select("key", "consent", proof=proof)
    if proof_of_all:
        told = told.with_columns(consent=pl.when(pl.col("consent") == "no").then("consent").otherwise(pl.lit("yes")))
    counts = (pl.col("consent") == "no") | ((pl.col("consent") == "yes") & (pl.col("proof") != ""))
    return told.filter(counts).select("key", "proof", granted=pl.col("consent") == "yes")


def _answers(kept: list[tuple[int, int, bool, str]], run: ImportRun, *, at: datetime) -> pl.DataFrame:
    """The answers as rows of the log."""
    payloads = [
        json.dumps({"purpose": "marketing", "channel": "", "proof": proof, "through": "import"}, ensure_ascii=False)
        for _number, _customer, _granted, proof in kept
    ]
    return pl.DataFrame(
        {
            "customer": [str(row[1]) for row in kept],
            "granted": [row[2] for row in kept],
            "payload": payloads,
        }
    ).select(
        message_id=pl.format("consent/{}/{}", pl.lit(run.pk.hex[:12]), "customer"),
        type=pl.when("granted").then(pl.lit("consent_given")).otherwise(pl.lit("consent_withdrawn")),
        identity_kind=pl.lit("customer"),
        identity_account=pl.lit(""),
        identity_value="customer",
        occurred_at=pl.lit(at).cast(MOMENT),
        **UNTRADED,
        payload="payload",
    )
