"""The command `mijoz`."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from typing import Annotated, Any

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Mijoz: a customer platform for service businesses.")
import_app = typer.Typer(no_args_is_help=True, help="Bring a file in.")
export_app = typer.Typer(no_args_is_help=True, help="Write a file out.")
app.add_typer(import_app, name="import")
app.add_typer(export_app, name="export")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day, such as 2026-03-31.")]


def connect(*, migrate: bool = True) -> None:
    """Load Django and make sure that the database runs and fits this version."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    import django
    from django.conf import settings

    django.setup()
    if settings.USES_EMBEDDED_SERVER:
        from mijoz.config.embedded import EmbeddedServer, create_database

        EmbeddedServer(settings.EMBEDDED_FOLDER).hold()
        create_database(settings.EMBEDDED_FOLDER, "mijoz")
    if migrate:
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print the figures of a command: one JSON object, or a line each."""
    if as_json:
        typer.echo(json.dumps(figures, ensure_ascii=False, default=str))
        return
    width = max((len(name) for name in figures), default=0)
    for name, value in figures.items():
        typer.echo(f"{name.replace('_', ' '):<{width}}  {'–' if value is None else value}")


def fail(message: str) -> None:
    """End the command with a sentence on standard error."""
    typer.secho(f"mijoz: {message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(1)


@app.command()
def start(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Run everything: database, web server, worker. Ctrl-C stops it cleanly."""
    connect()
    from django.utils import timezone

    from mijoz.business import actions, queries
    from mijoz.config import server

    address = f"http://{host if host != '0.0.0.0' else 'localhost'}:{port}"  # noqa: S104
    typer.echo(f"Mijoz is starting at {address} (Ctrl-C stops it)")
    if not queries.has_owner():
        token = actions.invite_first_owner(at=timezone.now())
        typer.echo(f"Make the owner's account here, once, within 24 hours: {address}/welcome/{token}")
    sys.stdout.flush()
    raise typer.Exit(server.run(host=host, port=port))


@app.command(hidden=True)
def worker() -> None:
    """Run the jobs; `mijoz start` does this for you."""
    connect(migrate=False)
    from django.core.management import call_command

    call_command("procrastinate", "worker", concurrency=2)


@app.command("owner-link")
def owner_link(address: str = "http://127.0.0.1:8000") -> None:
    """Print a fresh one-time link for making an owner's account."""
    connect()
    from django.utils import timezone

    from mijoz.business import actions

    typer.echo(f"{address}/welcome/{actions.invite_first_owner(at=timezone.now())}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, hidden=True)
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands."""
    connect(migrate=False)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["mijoz manage", *context.args])


def main() -> None:
    app()


if __name__ == "__main__":
    main()
