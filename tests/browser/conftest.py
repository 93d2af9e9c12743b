"""A real browser for the apps: outside hosts unreachable, and whatever goes wrong in a page counts.

Chromium comes from the system (`make browser`); where it is absent these tests are skipped.
"""

import random
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
LOOPBACK = re.compile(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|(data|blob|about):")
#: What Lab and Voila themselves say of the parts that they bring along.
NOT_OURS = re.compile(r"fullcalendar|Failed to load resource.*(favicon|40[34])")
#: Futures that the figures of the apps rest on here.
REPLICATIONS = 40
PATIENCE = 120_000

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
NO_BROWSER = "there is no Chromium on this machine; `make browser` installs it"

#: Words that stand in nearly every English sentence and in no Indonesian one.
ENGLISH = frozenset(
    re.findall(
        "[a-z]+",
        """
        the and of with is are was were by from for that this which not no or at in to has have its
        it than when where what who under over without each every all only more most less be as you
        your buyer supplier order orders review contract share days
        """,
    )
)
#: All that a page says: its texts, with what is folded away, and what screen readers say.
SAID = """() => {
  const app = document.querySelector('.pbc-app'), said = [document.title];
  app.querySelectorAll('details').forEach((one) => { one.open = true; });
  return new Promise((done) => setTimeout(() => {
    const walk = document.createTreeWalker(app, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode;
      if (!text.parentElement.closest('style, script')) said.push(text.data);
    }
    for (const name of ['aria-label', 'title', 'placeholder']) {
      app.querySelectorAll(`[${name}]`).forEach((one) => said.push(one.getAttribute(name)));
    }
    app.querySelectorAll('details').forEach((one) => { one.open = false; });
    done(said);
  }, 100));
}"""

#: Presses, chooses or moves one of whatever there is, and returns whether there was anything.
PRESS = """([n, luck]) => {
  const all = document.querySelectorAll(
    ['button:enabled', 'select', 'input[type=range]', 'input[type=checkbox]', 'input[type=number]',
      'input[type=text]', 'summary'].map((kind) => `.pbc-app ${kind}`).join(', '));
  if (!all.length) return false;
  const one = all[Math.floor(n * all.length)];
  if (one.type === 'range' || one.type === 'number') {
    const [low, high] = [Number(one.min || 0), Number(one.max || 1)];
    one.value = one.type === 'number' && luck < 0.1 ? '' : low + luck * (high - low);
    one.dispatchEvent(new Event('input'));
    one.dispatchEvent(new Event('change'));
  } else if (one.tagName === 'SELECT') {
    one.selectedIndex = Math.floor(luck * one.options.length);
    one.dispatchEvent(new Event('change'));
  } else if (one.type === 'text') {
    one.value = luck < 0.5 ? 'elang-42' : '';
    one.dispatchEvent(new Event('input'));
    one.dispatchEvent(new Event('change'));
  } else one.click();
  return true;
}"""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # Jupyter's own libraries warn, and are not ours to mend.
            item.add_marker(pytest.mark.filterwarnings("ignore"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


class Visit:
    """A page that remembers what went wrong in it."""

    def __init__(self, page):
        self.page = page
        self.outside = []
        self.errors = []
        page.set_default_timeout(PATIENCE)
        page.on("request", self._asked)
        page.on("websocket", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)

    def _asked(self, request):
        if not LOOPBACK.match(request.url):
            self.outside.append(request.url)

    def _said(self, message):
        text = f"{message.text} {message.location.get('url', '')}"
        if message.type == "error" and not NOT_OURS.search(text):
            self.errors.append(text)

    def open(self, url, ready=".pbc-app"):
        self.page.goto(url, wait_until="commit")
        self.page.wait_for_selector(ready)
        return self.page

    def size(self, name):
        width, height = SIZES[name]
        self.page.set_viewport_size({"width": width, "height": height})

    def picture(self, name):
        """Keep what is seen as build/screenshots/NAME.png, to be looked at."""
        self.page.evaluate("document.querySelector('.pbc-app').scrollIntoView()")
        self.shot(name)

    def shot(self, name):
        """Keep the same, as far down as the page is scrolled."""
        folder = ROOT / "build" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")

    def barriers(self):
        """Return what axe-core finds that bars people seriously or critically."""
        import axe_playwright_python

        script = Path(axe_playwright_python.__file__).with_name("axe.min.js")
        self.page.evaluate(script.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document.querySelector('.pbc-app'))")
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:120]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def english(self):
        """Return the texts of the page, whatever is folded away in it, that hold English words."""
        return [
            text.strip()[:200]
            for text in self.page.evaluate(SAID)
            if set(re.findall("[a-z]+", text.lower())) & ENGLISH
        ]

    def run_all(self):
        """Run all cells of the notebook that JupyterLab shows, once its kernel is there."""
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def press_at_random(self, seconds, seed):
        """Press, choose and move whatever there is, as somebody does who only plays with it."""
        luck = random.Random(seed)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            assert self.page.evaluate(PRESS, [luck.random(), luck.random()])
            self.page.wait_for_timeout(luck.choice([20, 100, 300]))

    def check(self):
        assert self.outside == []
        assert self.errors == []


@contextmanager
def visiting(chromium):
    """Give a function that opens fresh visits; each is checked in the end."""
    visits = []

    def begin(size="desk", **options):
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, **options
        )
        visits.append(Visit(context.new_page()))
        return visits[-1]

    yield begin
    for one in visits:
        one.page.context.close()
    for one in visits:
        one.check()


@pytest.fixture
def visit(chromium):
    """Return a function that opens a fresh visit of a size; each is checked when the test ends."""
    with visiting(chromium) as begin:
        yield begin


@pytest.fixture(scope="module")
def long_visit(chromium):
    """Return the same for a visit that the tests of a module share: a page costs a kernel."""
    with visiting(chromium) as begin:
        yield begin


def free_port():
    import socket

    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


class Served(NamedTuple):
    """An app that Voila serves."""

    server: Any
    folder: Path
    port: int

    @property
    def address(self):
        from pbc_sim.show.apps.server import address, wait_until_ready

        log = self.folder / "log"
        assert wait_until_ready(self.server, self.port, self.folder, 120), log.read_text()
        return address(self.port)


def begin_to_serve(folder, name, scenario, **options):
    from pbc_sim.show.apps.server import serve

    port = free_port()
    options = {"replications": REPLICATIONS, **options}
    return Served(serve(name, folder, port=port, scenario=scenario, **options), folder, port)


def end(servers):
    """End servers, all at once since each takes its time; no log may hold an error."""
    # Read before they end: a kernel that is still starting then says so loudly.
    logs = [(one.folder / "log").read_text(encoding="utf-8", errors="replace") for one in servers]
    for one in servers:
        one.server.terminate()
    for one in servers:
        one.server.wait(30)
    assert [log for log in logs if "Traceback" in log] == []


@contextmanager
def served(folder, name, scenario, **options):
    """Serve an app by Voila for a while."""
    one = begin_to_serve(folder, name, scenario, **options)
    try:
        yield one.address
    finally:
        end([one])


@pytest.fixture(scope="session")
def served_for():
    """Return what serves an app for a while, with options of its own."""
    return served


@pytest.fixture(scope="session")
def voila(tmp_path_factory):
    """Return a function that serves an app once a session, and returns its address."""
    servers = {}

    def serve_once(name, scenario=ROOT / "scenarios" / "office_supplies.yaml"):
        key = (name, scenario)
        if key not in servers:
            servers[key] = begin_to_serve(tmp_path_factory.mktemp(name), name, scenario)
        return servers[key].address

    yield serve_once
    end(servers.values())


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Return the address of a JupyterLab on the repository's notebooks, a copy of them."""
    port, folder = free_port(), tmp_path_factory.mktemp("lab")
    # A copy, for Lab saves what it shows.
    for part in ("notebooks", "scenarios"):
        shutil.copytree(ROOT / part, folder / part)
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.user_settings_dir={folder / 'settings'}",
        f"--LabApp.workspaces_dir={folder / 'workspaces'}",
    ]
    news = folder / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir(parents=True)
    (news / "notification.jupyterlab-settings").write_text(
        '{"fetchNews": "false", "checkForUpdates": false}'
    )
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=log, stderr=log
        )
    try:
        from pbc_sim.show.apps.server import wait_until_ready

        assert wait_until_ready(server, port, patience=120), (folder / "log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)
