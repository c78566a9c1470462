"""Takes the pictures of README.md from a demo business: `make pictures`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import make_owner  # noqa: E402
from tests.browser.test_first_hour import purchases_file  # noqa: E402
from tests.installation import Installation, own_folder, running  # noqa: E402

HERE = Path(__file__).resolve().parent
SIZE = {"width": 1280, "height": 800}
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1_200)  # charts draw themselves in
    page.screenshot(path=HERE / f"{name}.png")


def take_all(page: Page, at: Installation) -> None:
    page.goto(f"{at.address}/kpi/")
    take(page, "board")
    page.goto(f"{at.address}/segments/")
    take(page, "segments")
    page.goto(f"{at.address}/scenarios/missed_you/")
    take(page, "scenario")
    page.goto(f"{at.address}/customers/?segment=high_value&sort=-revenue")
    page.locator("main tbody a, main .mj-list a").first.click()
    take(page, "customer")
    page.goto(f"{at.address}/pain/")
    take(page, "pain")
    page.goto(f"{at.address}/proof/scenario/high_value_care/")
    take(page, "proof")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        purchases_file(file)
        page.goto(f"{at.address}/imports/new")
        page.locator("input[type=file]").set_input_files(file)
        page.get_by_role("button", name="Look at it").click()
        page.get_by_label("кто", exact=True).select_option(label="Customer number")
        take(page, "import")


def main() -> None:
    chromium = (ROOT / "var" / "chromium").read_text().strip()
    with own_folder() as folder, running(folder) as at, sync_playwright() as playwright:
        at.command("demo", "--sector", "restaurant", "--customers", "2000", "--months", "12")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport=SIZE, locale="en-GB", timezone_id="Asia/Tashkent")
        page = context.new_page()
        make_owner(page, at)
        take_all(page, at)
        browser.close()


if __name__ == "__main__":
    main()
