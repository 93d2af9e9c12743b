"""How is an app served to browsers, on this machine alone and without the internet?

Lives here: the one-cell notebook of an app, and how Voila is started with it. May not live here:
what an app does, the command line.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.language import Language
from pbc_sim.language import translated as _
from pbc_sim.scenario import load_scenario
from pbc_sim.show.apps.opening import (
    OPENED,
    REPLICATIONS,
    STORED,
    Opening,
    app_names,
    scenario_files,
)

__all__ = ["CULLED_AFTER", "address", "notebook", "serve", "wait_until_ready"]

#: Folder that Jupyter searches for the template of the pages.
TEMPLATES = Path(__file__).with_name("jupyter")

#: What the kernels of one server share, in its folder.
SHARED = "shared"

#: After so long without a browser a kernel is ended. [s]
CULLED_AFTER = 120


def notebook(name: str, opening: Opening | None = None) -> str:
    r"""Return a notebook of one cell that shows an app.

    Examples
    --------
    >>> json.loads(notebook("designer"))["cells"][0]["source"]
    ['from pbc_sim.show.apps import open_app\n', '\n', "open_app('designer')"]
    """
    arguments = [repr(name)]
    if opening:
        arguments.append(repr(str(opening.scenario)))
        if opening.language != Opening.language:
            arguments.append(f"language={opening.language!r}")
        if opening.replications != REPLICATIONS:
            arguments.append(f"replications={opening.replications}")
    source = ["from pbc_sim.show.apps import open_app\n", "\n", f"open_app({', '.join(arguments)})"]
    cell: dict[str, Any] = {
        **{"cell_type": "code", "id": "app", "execution_count": None, "metadata": {}},
        **{"outputs": [], "source": source},
    }
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    about = {"kernelspec": python, "language_info": {"name": "python"}}
    whole = {"cells": [cell], "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def serve(
    name: str,
    folder: Path,
    *,
    port: int = 8866,
    scenario: Path | None = None,
    language: Language = "en",
    replications: int = REPLICATIONS,
    culled_after: int = CULLED_AFTER,
) -> subprocess.Popen[bytes]:
    """Start a server that shows an app on 127.0.0.1, and return it; it ends by `terminate`.

    Parameters
    ----------
    name : str
        The app.
    folder : Path
        An empty folder, for the notebook and what its kernels share.
    port : int
        Where it is served. [1]
    scenario : Path, optional
        Scenario file to begin with; the first of those in the folder ``scenarios`` where empty.
    language : {"en", "id"}
        The language to begin with.
    replications : int
        Futures that the app rests on, where it simulates any. [1]
    culled_after : int
        After so long without a browser a kernel is ended. [s]

    Raises
    ------
    PbcError
        If there is no such app or file, the file is no valid scenario, Voila is not installed, or
        the port is taken.
    """
    if name not in app_names():
        raise PbcError(unknown_name("app", name, app_names()))
    if find_spec("voila") is None:
        words = _("apps need Voila; install the extra: {command}.")
        raise PbcError(words.format(command="pip install 'pbc-sim[notebook]'"))
    scenario = _valid(scenario or next(iter(scenario_files()), None))
    if _answers(port):
        raise PbcError(_("port {port} is taken; name another one with --port.").format(port=port))
    page = folder / f"app_{name}.ipynb"
    opening = Opening(scenario.resolve(), language, replications)
    page.write_text(notebook(name, opening), encoding="utf-8")
    stored = folder / SHARED
    stored.mkdir(exist_ok=True)
    paths = os.pathsep.join([str(TEMPLATES), *filter(None, [os.environ.get("JUPYTER_PATH")])])
    environment = {**os.environ, "JUPYTER_PATH": paths, STORED: str(stored)}
    options = [
        "--template=pbc_sim",
        "--no-browser",
        "--Voila.ip=127.0.0.1",
        f"--port={port}",
        "--Voila.port_retries=0",
        "--preheat_kernel=True",
        "--pool_size=1",
        # Voila leaves the kernels of closed pages behind.
        f"--MappingKernelManager.cull_interval={max(1, culled_after // 4)}",
        f"--MappingKernelManager.cull_idle_timeout={culled_after}",
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "voila", str(page), *options],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )


def _valid(scenario: Path | None) -> Path:
    """Return a scenario file that can be opened, or refuse it here and not by an empty page."""
    if scenario is None or not scenario.is_file():
        words = (
            _("there is no file '{file}'; name a scenario file with --scenario FILE.")
            if scenario
            else _(
                "there is no folder scenarios here or above; name a scenario file with "
                "--scenario FILE."
            )
        )
        raise PbcError(words.format(file=scenario))
    load_scenario(scenario)
    return scenario


def address(port: int) -> str:
    """Return where a browser finds a server.

    Examples
    --------
    >>> address(8866)
    'http://127.0.0.1:8866/'
    """
    return f"http://127.0.0.1:{port}/"


def wait_until_ready(
    server: subprocess.Popen[bytes], port: int, folder: Path | None = None, patience: float = 60.0
) -> bool:
    """Return whether a server answers within so long [s]; it may also end before.

    Where its folder is named, this waits for a warm kernel too, but no longer than that: the first
    page then comes at once.
    """
    until = time.monotonic() + patience
    is_up = False
    while time.monotonic() < until and server.poll() is None:
        is_up = is_up or _answers(port)
        if is_up and (folder is None or (folder / SHARED / OPENED).exists()):
            return True
        time.sleep(0.1)
    return is_up and server.poll() is None


def _answers(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
