"""How long does it take from a moved slider to a changed picture, and until a page is there?

The designer is served by Voila and opened in Chromium, on the first shipped scenario with all of
its plans. The time of a move is taken in the page, from the event of the slider to the frame in
which the first chart was drawn anew, with a pause between moves in which nothing is under way.
A cold page is the first one of a server that has just answered, a warm one finds a kernel in which
the app was opened before. Kernels are counted when the page was closed for longer than they may be
idle.

Run: python benchmarks/app_latency.py [--replications 1000] [--moves 30] [--scenario FILE]
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from pbc_sim.show.apps.server import address, serve, wait_until_ready

CULLED_AFTER = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DRAWN = ".pbc-chart svg[data-drawn]"
#: Moves the first slider so many times, and returns how long each took. [ms]
MOVES = """async (moves) => {
  const slider = document.querySelector('.pbc-form input[type=range]');
  const picture = document.querySelector('.pbc-chart svg');
  const low = Number(slider.min), high = Number(slider.max), times = [];
  for (let n = 0; n < moves; n += 1) {
    const before = picture.dataset.drawn, began = performance.now();
    slider.value = low + (high - low) * (0.35 + 0.3 * (n % 7) / 7 + 0.002 * n);
    slider.dispatchEvent(new Event('input'));
    while (picture.dataset.drawn === before) await new Promise((r) => requestAnimationFrame(r));
    times.push(performance.now() - began);
    await new Promise((r) => setTimeout(r, 300));
  }
  return times;
}"""


def main() -> None:
    """Measure, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--moves", type=int, default=30)
    parser.add_argument("--scenario", type=Path, default=Path("scenarios/office_supplies.yaml"))
    options = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print("There is no Chromium on this machine; `make browser` installs it.")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        try:
            _measure(browser, Path(folder), options)
        finally:
            browser.close()


def _measure(browser: Browser, folder: Path, options: argparse.Namespace) -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    began = time.perf_counter()
    server = serve(
        "designer",
        folder,
        port=port,
        scenario=options.scenario,
        replications=options.replications,
        culled_after=CULLED_AFTER,
    )
    try:
        wait_until_ready(server, port, folder, 300)
        page, drawn = _opened(browser, port)
        print(f"cold: server, kernel and first page after {time.perf_counter() - began:.1f} s")
        page.wait_for_selector(".pbc-progress", state="detached", timeout=900_000)
        times = page.evaluate(MOVES, options.moves)
        deciles = statistics.quantiles(times, n=10)
        print(
            f"slider to changed picture, {options.replications} replications, all plans: median "
            f"{statistics.median(times):.0f} ms, 90% within {deciles[-1]:.0f} ms, "
            f"{len(times)} moves"
        )
        # All futures are stored now, and a kernel was heated while the page was in use.
        time.sleep(10)
        other, drawn = _opened(browser, port)
        print(f"warm: first page after {drawn:.1f} s")
        for one in (page, other):
            one.context.close()
        _count_kernels(server, browser, port)
    finally:
        server.terminate()
        server.wait()


def _opened(browser: Browser, port: int) -> tuple[Page, float]:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    page.set_default_timeout(300_000)
    began = time.perf_counter()
    page.goto(address(port), wait_until="commit")
    page.wait_for_selector(DRAWN)
    return page, time.perf_counter() - began


def _count_kernels(server: subprocess.Popen[bytes], browser: Browser, port: int) -> None:
    before = _kernels(server)
    time.sleep(2.5 * CULLED_AFTER)
    print(f"kernels: {before} with pages open, {_kernels(server)} when they were closed for long")
    page, drawn = _opened(browser, port)
    print(f"after that a page opens in {drawn:.1f} s")
    page.context.close()


def _kernels(server: subprocess.Popen[bytes]) -> int:
    children: list[Any] = psutil.Process(server.pid).children(recursive=True)
    return sum("ipykernel" in " ".join(child.cmdline()) for child in children)


if __name__ == "__main__":
    main()
