"""Pictures for the README, taken from a living demonstration: docs/images/room.png, wall.png, button.png.

    python tools/screenshot.py                              starts a centre of its own, in a folder that is thrown away
    python tools/screenshot.py --url http://localhost:8000  uses the demonstration that runs there (with its var/)

The story is played for real: a key presses, two operators sit down, one takes what the other sees.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
]
DESK = {"width": 1920, "height": 1080}
SCHOOL, SHOP = "ECO-012", "COM-004"
STARTS_WITHIN_S = 180


@dataclass(frozen=True)
class Demonstration:
    """Where a demonstration runs, and what its folder tells."""

    url: str
    var: Path

    def password(self) -> str:
        return str(json.loads((self.var / "demo-logins.json").read_text())[0]["password"])

    def button(self, site: str) -> dict[str, str]:
        buttons: list[dict[str, str]] = json.loads((self.var / "demo-buttons.json").read_text())
        return next(button for button in buttons if button["site"] == site)

    def press(self, site: str) -> None:
        request = urllib.request.Request(
            f"{self.url}/api/v1/alerts/",
            json.dumps({"kind": "press"}).encode(),
            {
                "Authorization": f"Device {self.button(site)['key']}",
                "Idempotency-Key": f"screenshot-{uuid.uuid4()}",
                "Content-Type": "application/json",
            },
        )
        urllib.request.urlopen(request, timeout=10).close()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200) and (self.var / "demo-buttons.json").exists()
        except OSError:
            return False


@contextlib.contextmanager
def own_centre() -> Iterator[Demonstration]:
    (ROOT / "var").mkdir(exist_ok=True)
    port = 8700 + os.getpid() % 200
    with tempfile.TemporaryDirectory(prefix="screenshot-", dir=ROOT / "var") as folder:
        found = Demonstration(f"http://localhost:{port}", Path(folder))
        command = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port)]
        with (Path(folder) / "up.log").open("wb") as log:
            environment = os.environ | {"NICE_VAR": folder}
            up = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + STARTS_WITHIN_S
            while not found.answers():
                if up.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit((Path(folder) / "up.log").read_text(errors="replace")[-4000:])
                time.sleep(0.5)
            yield found
        finally:
            up.terminate()  # not SIGINT: a program that a shell started in the background ignores it
            up.wait(60)


class Operator:
    """Somebody at a workstation, in a browser profile of their own."""

    def __init__(self, browser: Browser, centre: Demonstration, username: str, seat: str) -> None:
        self.centre = centre
        self.context: BrowserContext = browser.new_context(
            base_url=centre.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport=DESK,  # type: ignore[arg-type]
            color_scheme="dark",
        )
        self.page: Page = self.context.new_page()
        self.page.goto("/accounts/sign-in/?next=/console/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", centre.password())
        self.page.click("form button.go")
        self.page.locator("label.seat", has_text=seat).click()
        self.page.click("form button.go")
        self.page.wait_for_url("**/console/**")
        self.page.goto("/console/")

    def post(self, path: str, **form: str | float | bool) -> None:
        token = next(cookie["value"] for cookie in self.context.cookies() if cookie["name"] == "csrftoken")
        headers = {"X-CSRFToken": token, "Referer": f"{self.centre.url}/console/"}
        answer = self.page.request.post(path, form=form, headers=headers)
        if not answer.ok:
            raise SystemExit(f"{path}: {answer.status} {answer.text()[:400]}")

    def incidents(self) -> dict[str, int]:
        """Open incidents by site, from the page's own snapshot."""
        state: dict[str, Any] = self.page.request.get("/console/state.json").json()
        return {row["site_code"]: row["incident_id"] for row in state["incidents"]}

    def incident_at(self, site: str) -> int:
        deadline = time.monotonic() + 20
        while site not in (open_now := self.incidents()):
            if time.monotonic() > deadline:
                raise SystemExit(f"No incident opened for {site}")
            time.sleep(0.2)
        return open_now[site]

    def choose(self, name: str) -> None:
        self.page.locator(".queue .cards").get_by_text(name).first.click()


def room(browser: Browser, centre: Demonstration) -> Operator:
    """A colleague has closed one alert and works on another when the school calls."""
    colleague = Operator(browser, centre, "operateur1", "Poste 1")
    colleague.post("/console/exercise/BTN-CRE-014/press/")
    closed = colleague.incident_at("CRE-014")
    colleague.post(f"/console/incidents/{closed}/take/")
    colleague.post(f"/console/incidents/{closed}/doubt/", founded="no")
    colleague.post(
        f"/console/incidents/{closed}/close/",
        outcome="unfounded",
        text="Appui par erreur, confirmé par la direction.",
    )
    centre.press(SHOP)
    colleague.post(f"/console/incidents/{colleague.incident_at(SHOP)}/take/")

    operator = Operator(browser, centre, "operateur2", "Poste 3")
    operator.page.wait_for_selector("canvas")
    centre.press(SCHOOL)
    operator.incident_at(SCHOOL)
    operator.choose("École élémentaire Saint-Roch")
    operator.page.keyboard.press("Enter")
    operator.page.wait_for_selector("#act-founded")
    centre.press(SCHOOL)
    for _step in range(2):
        operator.page.keyboard.press("x")
        operator.page.wait_for_timeout(2_000)
    colleague.post("/console/exercise/BTN-COM-013/press/")
    operator.page.wait_for_timeout(12_000)  # the map comes to rest, crews move, ages run
    operator.page.mouse.move(1, DESK["height"] - 1)
    operator.page.screenshot(path=IMAGES / "room.png")
    return operator


def wall(operator: Operator) -> None:
    page = operator.context.new_page()
    page.goto("/console/wall/")
    page.wait_for_timeout(6_000)
    page.screenshot(path=IMAGES / "wall.png")
    page.close()


def button(browser: Browser, centre: Demonstration) -> None:
    """A telephone as the shop's button, held until it has called."""
    context = browser.new_context(
        base_url=centre.url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    page.goto(centre.button(SHOP)["link"])
    page.wait_for_timeout(3_000)
    page.screenshot(path=IMAGES / "button.png")
    context.close()


def program() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise SystemExit("Install chromium first (apt install chromium).")
    return found


def main() -> None:
    # Ended from outside, it stops its centre all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--url", help="a demonstration that runs already")
    asked.add_argument("--var", type=Path, default=ROOT / "var", help="its folder (default: var/)")
    options = asked.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    running = (
        contextlib.nullcontext(Demonstration(options.url.rstrip("/"), options.var))
        if options.url
        else own_centre()
    )
    with running as centre, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=ARGUMENTS)
        wall(room(browser, centre))
        button(browser, centre)
        browser.close()
    for name in ("room.png", "wall.png", "button.png"):
        print(f"{IMAGES.relative_to(ROOT) / name}: {(IMAGES / name).stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
