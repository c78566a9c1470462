"""Pytest plugin: tests keep their files and their server under var/test, apart from a business's own."""

import os
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[3]
worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
data_dir = ROOT / "var" / "test" / worker
data_dir.mkdir(parents=True, exist_ok=True)

os.environ["MIJOZ_DATA_DIR"] = str(data_dir)
os.environ["MIJOZ_SECRET_KEY"] = "only-for-tests"  # noqa: S105
os.environ["MIJOZ_LANGUAGE"] = "en"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"  # Playwright runs an event loop in the test's own thread


def database_url() -> str:
    """DATABASE_URL of the database of the tests, for a process that a test starts."""
    from django.db import connection

    described = connection.settings_dict
    host = quote(str(described["HOST"]), safe="")
    return f"postgresql:///{described['NAME']}?host={host}&user={described['USER']}"
