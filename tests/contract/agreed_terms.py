"""What a story's contract is: written out in it, or that of a real scheme but for what it says."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

TESTS = Path(__file__).parents[1]
SCHEMES = sorted((TESTS.parent / "scenarios" / "schemes").glob("*.yaml"))
STORIES = sorted((TESTS / "settlements").glob("*.yaml"))


def agreed(story):
    """Return the contract section of a story as a person writes it.

    `scheme: file.contract` names one of `scenarios/schemes`; `but` replaces sections of it, as its
    term and its fee, and nothing else, so that the published arithmetic holds of the scheme itself.
    """
    if "scheme" not in story:
        return story["contract"]
    file, name = story["scheme"].split(".")
    return _contracts(file)[name] | story.get("but", {})


@cache
def _contracts(file):
    path = next(path for path in SCHEMES if path.stem == file)
    return YAML(typ="safe", pure=True).load(path)["contracts"]
