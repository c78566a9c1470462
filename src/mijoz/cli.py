"""The command `mijoz`."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Mijoz: a customer platform for service businesses.",
)
import_app = typer.Typer(no_args_is_help=True, help="Bring a file in.")
export_app = typer.Typer(no_args_is_help=True, help="Write a file out.")
source_app = typer.Typer(no_args_is_help=True, help="Sources: the programs that send us events.")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")
app.add_typer(source_app, name="source")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day, such as 2026-03-31.")]


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mijoz {version('mijoz')}")
        raise typer.Exit()


@app.callback()
def options(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def connect(*, server: bool = True, migrate: bool = True, in_english: bool = True) -> None:
    """Load Django and make sure that the database runs and, with `migrate`, fits this version.

    Commands speak English, whatever the language of the pages; so does what they refuse with.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    import django
    from django.conf import settings

    django.setup()
    if server and settings.USES_EMBEDDED_SERVER:
        from mijoz.config.server import embedded_server, leave_on_signals

        leave_on_signals()
        embedded_server(settings.EMBEDDED_FOLDER)
    if server and migrate:
        from mijoz.config import tables

        tables.bring_up_to_date()
    if in_english:
        from django.utils import translation

        translation.activate("en")


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print the figures of a command: one JSON object, or a line each."""
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, default=str))
        return
    width = max((len(name) for name in figures), default=0)
    for name, value in figures.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {'–' if value is None else value}")


def fail(message: str) -> NoReturn:
    """End the command with a sentence on standard error."""
    typer.secho(f"mijoz: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


@app.command()
def start(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
) -> None:
    """Run everything: database, web server, worker. Ctrl-C stops it cleanly."""
    from mijoz.config import start

    raise typer.Exit(start.run(host=host, port=port))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from mijoz.config.doctor import examine

    findings = examine()
    fine = not any(finding.blocks and not finding.fine for finding in findings)
    if as_json:
        show({"fine": fine, "findings": [asdict(finding) for finding in findings]}, as_json=True)
    else:
        for finding in findings:
            mark = "ok   " if finding.fine else "WRONG" if finding.blocks else "note "
            typer.echo(f"{mark}  {finding.subject}: {finding.found}")
            if not finding.fine:
                typer.echo(f"       {finding.fix}")
    raise typer.Exit(0 if fine else 1)


@app.command()
def demo(
    sector: Annotated[str, typer.Option(help="restaurant, clinic, hotel, repair or salon")] = "restaurant",
    customers: Annotated[int, typer.Option(min=50, max=1_000_000)] = 2_000,
    months: Annotated[int, typer.Option(min=6, max=60)] = 12,
    seed: Annotated[int, typer.Option(help="Equal seeds make equal businesses.")] = 1,
    no_effect: Annotated[bool, typer.Option("--no-effect", help="Plant no effect of the scenarios.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the demo business away again.")] = False,
    as_json: Json = False,
) -> None:
    """Fill an empty installation with a believable business whose truth is known."""
    connect()
    from django.utils import timezone

    from mijoz.onboarding import actions

    try:
        if remove:
            actions.remove_demo()
            show({"removed": True}, as_json=as_json)
            return
        result = actions.load_demo(
            sector=sector,
            customers=customers,
            months=months,
            seed=seed,
            effect=0.0 if no_effect else 1.0,
            at=timezone.now(),
            report_progress=None if as_json else lambda share, step: typer.echo(f"{share:5.0%}  {step}", err=True),
        )
    except actions.DemoRefused as refusal:
        fail(str(refusal))
    show(actions.demo_figures(result), as_json=as_json)


@import_app.command("purchases")
def import_purchases(
    file: Annotated[Path, typer.Argument(help="CSV (also gzip) or XLSX.")],
    preset: Annotated[str, typer.Option(help="A known layout, such as online-retail.")] = "",
    source: Annotated[str, typer.Option(help="Name of the system that the file is from.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="JSON file with the mapping of columns.")] = None,
    as_json: Json = False,
) -> None:
    """Bring in purchases; a second import of the same file changes nothing."""
    connect()
    from django.utils import timezone

    from mijoz.customers.importing import queries, run
    from mijoz.customers.importing.errors import ImportRefused

    try:
        finished = run.import_file(file, preset=preset, source=source, mapping=mapping, at=timezone.now())
    except ImportRefused as refusal:
        fail(str(refusal))
    show(queries.figures(finished), as_json=as_json)


@import_app.command("customers")
def import_customers(
    file: Annotated[Path, typer.Argument(help="CSV (also gzip), XLSX or vCard.")],
    source: Annotated[str, typer.Option(help="Name of the system that the file is from.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="JSON file with the mapping of columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Bring in customers; a second import of the same file changes nothing."""
    connect()
    from django.utils import timezone

    from mijoz.customers.importing import queries, run, trial
    from mijoz.customers.importing.errors import ImportRefused

    try:
        if dry_run:
            show(trial.of_file(file, source=source, mapping=mapping, at=timezone.now()), as_json=as_json)
            return
        finished = run.import_file(file, holds="customers", source=source, mapping=mapping, at=timezone.now())
    except ImportRefused as refusal:
        fail(str(refusal))
    show(queries.figures(finished), as_json=as_json)


@export_app.command("customers")
def export_customers(file: Annotated[Path, typer.Argument(help="CSV file to write.")], as_json: Json = False) -> None:
    """Write all customers with their profiles to a CSV file."""
    connect()
    from mijoz.business.queries import business
    from mijoz.customers import exporting

    try:
        customers = exporting.export_to_file(file.resolve(), zone=business().zone)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    show({"customers": customers, "file": str(file)}, as_json=as_json)


@source_app.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="Letters, digits, - and _, such as web-shop.")],
    as_json: Json = False,
) -> None:
    """Make a source and its write key; the key is shown this once."""
    connect()
    from mijoz.events.ingest import actions

    try:
        source, key = actions.add_source_with_key(name)
    except actions.SourceRefused as refusal:
        fail(str(refusal))
    show({"source": source.name, "write_key": key}, as_json=as_json)


@export_app.command("customer")
def export_customer(
    number: Annotated[int, typer.Argument(help="The customer's number, as in the address of the page.")],
    file: Annotated[Path, typer.Argument(help="Zip file to write.")],
    as_json: Json = False,
) -> None:
    """Write everything about one person to a zip: JSON for programs, a page for people."""
    connect()
    from django.utils import timezone

    from mijoz.customers.models import Customer
    from mijoz.customers.privacy import exporting

    customer = Customer.objects.filter(pk=number).first()
    if customer is None:
        fail(f"there is no customer {number}")
    try:
        rows = exporting.write_copy_to_file(customer, file.resolve(), at=timezone.now())
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    show({"customer": number, "rows": sum(rows.values()), "file": str(file)}, as_json=as_json)


@app.command()
def merge(
    kept: Annotated[int, typer.Argument(help="The customer whose number stays.")],
    absorbed: Annotated[int, typer.Argument(help="The customer who becomes one with them.")],
    reason: Annotated[str, typer.Option(help="How it is known that they are one person.")] = "by command",
    as_json: Json = False,
) -> None:
    """Make two customers one. What either refused stays refused; `mijoz unmerge` takes it back."""
    connect()
    from django.utils import timezone

    from mijoz.customers.identity import merging
    from mijoz.customers.models import Customer

    found = Customer.objects.in_bulk([kept, absorbed])
    for number in (kept, absorbed):
        if number not in found:
            fail(f"there is no customer {number}")
    try:
        made = merging.merge(found[kept], found[absorbed], by=None, reason=reason, at=timezone.now())
    except merging.MergeRefused as refused:
        fail(str(refused))
    show({"merge": str(made.pk), "kept": made.kept_id, "absorbed": made.absorbed_id}, as_json=as_json)


@app.command()
def unmerge(
    merge_id: Annotated[UUID, typer.Argument(metavar="ID", help="Number of the merge, as `mijoz merge` printed it.")],
    as_json: Json = False,
) -> None:
    """Make two customers of one again, each with what was theirs."""
    connect()
    from django.utils import timezone

    from mijoz.customers.identity import merging
    from mijoz.customers.models import Merge

    made = Merge.objects.filter(pk=merge_id).first()
    if made is None:
        fail(f"there is no merge {merge_id}")
    try:
        undone = merging.undo(made, by=None, at=timezone.now())
    except merging.MergeRefused as refused:
        fail(str(refused))
    show({"merge": str(undone.pk), "customers": [undone.kept_id, undone.absorbed_id]}, as_json=as_json)


@app.command()
def erase(
    number: Annotated[int, typer.Argument(help="The customer's number, as in the address of the page.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    as_json: Json = False,
) -> None:
    """Erase one person from every table, file and the lake, and prove it by a search. Nothing brings them back."""
    connect()
    from django.utils import timezone

    from mijoz.customers.models import Customer
    from mijoz.customers.privacy import erasing

    customer = Customer.objects.filter(pk=number).first()
    if customer is None:
        fail(f"there is no customer {number}")
    if not yes and not typer.confirm(f"Erase customer {number} for good?"):
        raise typer.Exit(1)
    try:
        request = erasing.erase(customer, by=None, through="command", at=timezone.now())
    except erasing.ErasedAlready:
        fail(f"customer {number} was erased before")
    except erasing.EraseRefused as refusal:
        fail(str(refusal))
    proof = request.proof
    if as_json:
        show({"customer": number, **proof}, as_json=True)
        return
    figures = {"customer": number, "rows_changed": sum(proof["rows"].values()) + sum(proof["in_passing"].values())}
    found = "nothing" if proof["clean"] else proof["found"]
    show(figures | proof["searched"] | {"found_afterwards": found}, as_json=False)


@export_app.command("identities")
def export_identities(file: Annotated[Path, typer.Argument(help="CSV file to write.")], as_json: Json = False) -> None:
    """Write by which records each source knows whom: source, source record, customer."""
    connect()
    from mijoz.customers.matching import listing

    try:
        identities = listing.write_identities(file.resolve())
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    show({"identities": identities, "file": str(file)}, as_json=as_json)


@app.command()
def resolve(as_json: Json = False) -> None:
    """Search all customers for who is likely one person: merge who is, and keep for review who may be."""
    connect()
    import time

    from django.utils import timezone

    from mijoz.customers.matching import finding

    began = time.monotonic()
    try:
        found = finding.resolve_now(
            at=timezone.now(),
            report=None if as_json else lambda share, step: typer.echo(f"{share:5.0%}  {step}", err=True),
        )
    except finding.NotInstalled as refusal:
        fail(f"the search for duplicates is not installed; install it with: {refusal}")
    except finding.SearchRuns:
        fail("another search for duplicates is running; wait until it has ended.")
    seconds = round(time.monotonic() - began, 2)
    show({"merged": found.merged, "to_review": found.to_review, "seconds": seconds}, as_json=as_json)


@app.command()
def segments(as_json: Json = False) -> None:
    """List each segment with its rule, its sentence and how many customers are in it."""
    connect()
    from mijoz.segments import queries

    listing = queries.listing()
    if as_json:
        typer.echo(json.dumps({"segments": listing}, ensure_ascii=False, default=str))
        return
    for line in queries.table(listing):
        typer.echo(line)


@app.command()
def refresh(as_of: AsOf = None, as_json: Json = False) -> None:
    """Bring profiles, segments and KPIs up to date with the log."""
    connect()
    from django.utils import timezone

    from mijoz.insights import actions, report
    from mijoz.insights.queries import DayRefused

    try:
        figures = actions.refresh(as_of=as_of.date() if as_of else None, at=timezone.now())
    except DayRefused as refusal:
        fail(str(refusal))
    if as_json:
        show(figures, as_json=True)
    else:
        typer.echo("\n".join(report.refresh_lines(figures)))


@app.command()
def kpi(as_of: AsOf = None, as_json: Json = False) -> None:
    """Compute the KPIs as of a day: in all, by segment and by month, and what each scenario changed."""
    connect()
    from django.utils import timezone

    from mijoz.insights import actions, queries, report

    now = timezone.now()
    try:
        actions.bring_up_to_date(at=now)
        board = actions.compute(as_of=as_of.date() if as_of else None, at=now)
    except queries.DayRefused as refusal:
        fail(str(refusal))
    if as_json:
        typer.echo(json.dumps(board.as_dict(), ensure_ascii=False, default=str))
    elif (page := queries.board(board.as_of)) is not None:
        typer.echo("\n".join(report.board_lines(page, board.currency)))


@app.command()
def audit(as_json: Json = False) -> None:
    """Look at everybody: what is missing, unreadable, doubled or doubtful of what is known of customers."""
    connect()
    from django.utils import timezone

    from mijoz.customers.audit import actions, queries

    found = queries.figures(actions.run(at=timezone.now()))
    if as_json:
        show(found, as_json=True)
        return
    found = {name: value for name, value in found.items() if not isinstance(value, dict | list)} | found["findings"]
    show(found, as_json=False)


@app.command()
def backup(
    archive: Annotated[Path, typer.Argument(help="File to write, such as mijoz.tar.gz")],
    as_json: Json = False,
) -> None:
    """Write database, files and secret key to one archive. Keep it as safe as the data itself."""
    connect()
    from django.utils import timezone

    from mijoz.config import backup as archives

    try:
        show(archives.write(archive.resolve(), at=timezone.now()), as_json=as_json)
    except archives.BackupFailed as error:
        fail(str(error))


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the business that is here.")] = False,
    as_json: Json = False,
) -> None:
    """Bring back what `mijoz backup` wrote. Mijoz must not run meanwhile."""
    connect()
    from mijoz.config import backup as archives

    try:
        show(archives.read(archive.resolve(), replace=replace), as_json=as_json)
    except archives.BackupFailed as error:
        fail(str(error))


@app.command(hidden=True)
def worker() -> None:
    """Run the jobs; `mijoz start` does this for you."""
    connect(migrate=False, in_english=False)
    from mijoz.config import worker

    worker.run()


@app.command("owner-link")
def owner_link(
    address: Annotated[str, typer.Option(help="Where Mijoz is reached; without it MIJOZ_URL or where it runs.")] = "",
    as_json: Json = False,
) -> None:
    """Print a fresh one-time link for making an owner's account; earlier ones stop working."""
    connect()
    from mijoz.config import start

    link = start.owner_link(address)
    show({"link": link}, as_json=True) if as_json else typer.echo(link)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, hidden=True)
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands."""
    connect(migrate=False, in_english=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mijoz manage", *context.args])


def main() -> None:
    """The command; what the installation lacks is said in a sentence, a defect shows its traceback."""
    try:
        app()
    except Exception as error:
        from mijoz.config.faults import in_words

        fault = in_words(error)
        if fault is None:
            raise
        typer.secho(f"mijoz: {fault}", err=True, fg=typer.colors.RED)
        sys.exit(1)


if __name__ == "__main__":
    main()
