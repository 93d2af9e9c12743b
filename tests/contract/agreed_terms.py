"""What a story's contract is: written out in it, or that of a real scheme but for what it says."""

from functools import cache
from pathlib import Path

import numpy as np
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


def told(story, contract):
    """Return a function from a measure to the facts that a story tells of it."""
    names = {measure: name for name, measure in contract.measured().items()}

    def numbers(measure, shape):
        if measure in names:
            facts = [_fact(fact) for fact in story["measured"][names[measure]]]
        else:
            facts = [(total, 1, 1) for total in story["totals"][measure.kpi]]
        assert len(facts) == shape[-1], f"one entry a review of {measure}"
        return np.array(facts, dtype=float).T[:, None, None, :]

    return numbers


def _fact(fact):
    """Read `[numerator, denominator]`, with a third number where facts are not what is counted."""
    if fact == "nothing":
        return 0, 0, 0
    return fact if len(fact) == 3 else (*fact, fact[1])
