"""How long `mijoz start` takes until it is ready: `python -m benchmarks.start [--again 5]`.

Prints seconds from the command to the first page served (/healthz) and to readiness (/readyz: database, tables and
worker), for the first start in an empty folder and for those after it; and beside it how long Python takes to load
Django with all apps, which no start can be quicker than. A second start should take under 5 seconds.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.installation import answers, environment_of, free_port

PROMISED_SECONDS = 5.0


def start_and_stop(folder: Path) -> tuple[float, float, float]:
    """Seconds to the first page, to readiness, and to stop."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "mijoz.cli", "start", "--port", str(port)],
        env=environment_of(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    moments = []
    for page in ("healthz", "readyz"):
        while not answers(f"http://127.0.0.1:{port}/{page}"):
            if process.poll() is not None:
                raise SystemExit("mijoz start ended by itself")
            time.sleep(0.02)
        moments.append(time.perf_counter() - began)
    stopping = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait()
    return moments[0], moments[1], time.perf_counter() - stopping


def load_django() -> float:
    began = time.perf_counter()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mijoz.config.settings", "MIJOZ_SECRET_KEY": "x" * 50}
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], check=True, env=environment)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", type=int, default=3, help="how many starts after the first")
    again = parser.parse_args().again
    with tempfile.TemporaryDirectory(prefix="mijoz-") as folder:
        starts = [start_and_stop(Path(folder)) for _ in range(again + 1)]
    loading = statistics.median(load_django() for _ in range(3))
    for name, (page, ready, stopped) in zip(["first start", *["start again"] * again], starts, strict=True):
        print(f"{name:<12}  page {page:5.2f} s   ready {ready:5.2f} s   stopped {stopped:5.2f} s")
    ready = statistics.median(ready for _page, ready, _stopped in starts[1:])
    print(f"loading Django alone {loading:.2f} s; a start again takes {ready / loading:.1f} times that")
    print(f"a start again is ready in {ready:.2f} s (promised: under {PROMISED_SECONDS:.0f} s)")


if __name__ == "__main__":
    main()
