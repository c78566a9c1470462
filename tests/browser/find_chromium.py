"""Find a headless Chromium for the browser tests, or fetch one; without any, say so and fail.

Order: the one Playwright downloads, the one on this machine, Debian's package when we are root.
The path found is printed, and kept in var/chromium for the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NOTE = Path(__file__).resolve().parents[2] / "var" / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def works(path: str) -> bool:
    """Whether the program at `path` starts and prints its version."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def playwrights_own(*, download: bool) -> str | None:
    from playwright.sync_api import sync_playwright

    if download:
        environment = os.environ | {"PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS": "1"}
        try:
            subprocess.run(
                [sys.executable, "-m", "playwright", "install", "chromium"],
                capture_output=True, timeout=300, check=False, env=environment,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() and works(path) else None


def on_this_machine() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name)) and works(path)), None)


def debians_package() -> str | None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode != 0:
            sys.stderr.write(done.stderr[-2000:])
    return on_this_machine()


def main() -> int:
    found = playwrights_own(download=False) or playwrights_own(download=True) or on_this_machine() or debians_package()
    if found is None:
        sys.stderr.write(
            "No Chromium: Playwright could not download one, none is installed, and it could not be installed.\n"
            "Install the package chromium (Debian, Ubuntu) or Google Chrome, then run make test again.\n"
        )
        return 1
    NOTE.parent.mkdir(exist_ok=True)
    NOTE.write_text(found)
    sys.stdout.write(f"Chromium: {found}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
