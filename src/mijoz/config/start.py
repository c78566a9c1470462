"""`mijoz start`: the database and its tables first, then the children, then where to go.

Django is loaded here only when there is work for it. The children load it anyway, and a second start should be quick.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from typing import Any

import psycopg

from mijoz.config import running, server, tables

LINK_LIFE_HOURS = 24
ANSWER_SECONDS = 0.5


def run(*, host: str, port: int) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit code.

    Raises AlreadyRunning, AddressUnavailable, ServerUnavailable, ImproperlyConfigured, OperationalError.
    """
    server.leave_on_signals()
    from mijoz.config import settings

    near = server.address_of(host, port)
    if not os.environ.get("MIJOZ_URL"):
        os.environ["MIJOZ_URL"] = near  # for the children: links in messages lead there
    address = os.environ["MIJOZ_URL"].rstrip("/")
    with running.alone(settings.DATA_DIR, address=address):
        server.check_address(host, port)
        say("Mijoz is starting …")
        database = server.embedded_server(settings.EMBEDDED_FOLDER) if settings.USES_EMBEDDED_SERVER else None
        with _connect(settings.DATABASES["default"]) as connection:
            if not tables.fit(connection.cursor()):
                load_django()
                tables.bring_up_to_date()
            has_owner = tables.has_owner(connection.cursor())
        tree = server.Tree(server.children_of(host, port), database)
        return tree.run(
            is_up=lambda: _serves(near), when_up=lambda: _say_where(address, host=host, has_owner=has_owner)
        )


def owner_link(address: str = "") -> str:
    """A fresh one-time link for the owner's account; Django must be loaded."""
    from django.conf import settings
    from django.utils import timezone

    from mijoz.business import actions

    here = running.find(settings.DATA_DIR)
    base = address or os.environ.get("MIJOZ_URL") or (here.address if here else settings.PUBLIC_URL)
    return f"{base.rstrip('/')}/welcome/{actions.invite_first_owner(at=timezone.now())}"


def load_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
    import django

    django.setup()


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say_where(address: str, *, host: str, has_owner: bool) -> None:
    say(f"Mijoz runs at {address}")
    if not has_owner:
        load_django()
        say(f"Make the owner's account here, once, within {LINK_LIFE_HOURS} hours: {owner_link(address)}")
    if host not in {"127.0.0.1", "localhost", "::1"} and not os.environ.get("MIJOZ_HOSTS") and "localhost" in address:
        say("Only this machine is answered. Set MIJOZ_URL to the address at which others reach it.")
    say("Ctrl-C stops it.")


def _connect(described: dict[str, Any]) -> psycopg.Connection[Any]:
    """A plain connection to the database that the settings describe."""
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    told = {word: described[key] for word, key in named.items() if described.get(key)}
    options = {name: value for name, value in described["OPTIONS"].items() if name != "pool"}
    return psycopg.connect(**told, **options, autocommit=True)


def _serves(address: str) -> bool:
    """Whether pages are served: any answer will do."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=ANSWER_SECONDS):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
