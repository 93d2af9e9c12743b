"""Which apps are there, and how is one opened by its name?

Lives here: the search for apps, and `open_app`. May not live here: an app.
An app is a folder beside this file with a module `app.py`, whose function `app(opening)` returns
its widget: to add an app, add its folder.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.language import LANGUAGES, Language, spoken

if TYPE_CHECKING:
    import ipywidgets as widgets

__all__ = [
    "OPENED",
    "REPLICATIONS",
    "STORED",
    "Opening",
    "app_names",
    "open_app",
    "scenario_files",
    "scenario_title",
]

HERE = Path(__file__).parent

#: Futures that an app rests on, unless it is told otherwise.
REPLICATIONS = 1000

#: Environment variable that names the folder that the kernels of one server share.
STORED = "PBC_SIM_STORED"

#: File in that folder that is there once the app was opened in a kernel.
OPENED = "opened"


@dataclass(frozen=True)
class Opening:
    """What an app is opened with.

    Parameters
    ----------
    scenario : Path
        Scenario file to begin with.
    language : {"en", "id"}
        The language to begin with.
    replications : int
        Futures that its figures rest on, where it simulates any. [1]
    """

    scenario: Path
    language: Language = "en"
    replications: int = REPLICATIONS


def app_names() -> tuple[str, ...]:
    """Return the names of all apps, without loading one.

    Examples
    --------
    >>> "designer" in app_names()
    True
    """
    return tuple(sorted(path.parent.name for path in HERE.glob("*/app.py")))


def open_app(
    name: str,
    scenario: str | Path | None = None,
    language: Language = "en",
    replications: int = REPLICATIONS,
) -> widgets.Widget:
    """Return an app, to be shown in JupyterLab or by Voila.

    Parameters
    ----------
    name : str
        Its name, as "designer".
    scenario : path, optional
        Scenario file to begin with; the first of those in the folder ``scenarios`` where empty.
    language : {"en", "id"}
        The language to begin with; the app has a switch.
    replications : int
        Futures that its figures rest on, where it simulates any. [1]

    Raises
    ------
    PbcError
        If there is no such app, language or file.
    """
    if name not in app_names():
        raise PbcError(unknown_name("app", name, app_names()))
    if language not in LANGUAGES:
        raise PbcError(unknown_name("language", language, LANGUAGES))
    path = Path(scenario) if scenario else next(iter(scenario_files()), None)
    if path is None:
        raise PbcError(
            "there is no folder scenarios here or above; name a file, as in "
            f"open_app('{name}', 'office_supplies.yaml')."
        )
    opening = Opening(path, language, replications)
    opened: widgets.Widget = import_module(f"{__package__}.{name}.app").app(opening)
    shared = os.environ.get(STORED)
    if shared:
        # Tells the server that a kernel is warm.
        (Path(shared) / OPENED).touch()
    return opened


def scenario_files(beside: Path | None = None) -> list[Path]:
    """Return the scenario files that an app may offer, that of the office supplies first.

    Parameters
    ----------
    beside : Path, optional
        A scenario file whose neighbours are looked up; where empty, those of the folder
        ``scenarios`` here or in a folder above.
    """
    if beside is not None:
        found = sorted(beside.resolve().parent.glob("*.yaml"))
        return [beside, *(path for path in found if path.resolve() != beside.resolve())]
    here = Path.cwd()
    folders = [place / "scenarios" for place in (here, *here.parents)]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    found = sorted(folder.glob("*.yaml")) if folder else []
    return sorted(found, key=lambda path: path.stem != "office_supplies")


def scenario_title(path: Path) -> str:
    """Return what a scenario file calls itself in this language, without reading all of it."""
    begun = path.read_text(encoding="utf-8")[:2000]
    found = re.search(
        rf"^title:(?:\s+(?!{spoken()}:)\w\w:.*)*\s+(?:{spoken()}:\s+)?(.*)$", begun, re.M
    )
    return found.group(1).strip("\"' ") if found else path.stem
