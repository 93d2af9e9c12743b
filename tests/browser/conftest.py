"""A real browser for the apps: outside hosts unreachable, and whatever goes wrong in a page counts.

Chromium comes from the system (`make browser`); where it is absent these tests are skipped.
"""

import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

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
        folder = ROOT / "build" / "screenshots"
        folder.mkdir(parents=True, exist_ok=True)
        self.page.evaluate("document.querySelector('.pbc-app').scrollIntoView()")
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

    def run_all(self):
        """Run all cells of the notebook that JupyterLab shows, once its kernel is there."""
        self.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

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


@contextmanager
def served(folder, name, scenario, **options):
    """Serve an app by Voila; its log must hold no error in the end."""
    from pbc_sim.show.apps.server import address, serve, wait_until_ready

    port = free_port()
    options = {"replications": REPLICATIONS, **options}
    server = serve(name, folder, port=port, scenario=scenario, **options)
    try:
        assert wait_until_ready(server, port, folder, 120), (folder / "log").read_text()
        yield address(port)
        # Read before the server ends: a kernel that is still starting then says so loudly.
        log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    finally:
        server.terminate()
        server.wait(30)
    assert "Traceback" not in log, log


@pytest.fixture(scope="session")
def served_for():
    """Return what serves an app for a while, with options of its own."""
    return served


@pytest.fixture(scope="session")
def voila(tmp_path_factory):
    """Return a function that serves an app once a session, and returns its address."""
    from contextlib import ExitStack

    addresses = {}
    with ExitStack() as servers:

        def serve_once(name, scenario="office_supplies", language="en"):
            key = (name, scenario, language)
            if key not in addresses:
                folder = tmp_path_factory.mktemp(name)
                named = ROOT / "scenarios" / f"{scenario}.yaml"
                path = scenario if isinstance(scenario, Path) else named
                manager = served(folder, name, path, language=language)
                addresses[key] = servers.enter_context(manager)
            return addresses[key]

        yield serve_once


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
