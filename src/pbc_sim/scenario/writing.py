"""How is a story written down: scenarios and contracts as YAML that people read and edit.

Lives here: the layout of what is written. May not live here: reading (`__init__.py`).
What is written reads back as the same object; only what was given is written, and no comment of a
file that was read survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from pbc_sim.errors import PbcError, reason_of
from pbc_sim.inputs import Written
from pbc_sim.language import translated as _

__all__ = ["save_scenario", "to_yaml"]

#: Longest section that stands in one line [character].
ONE_LINE = 88
#: Names that stand alone in a line with their sections below, so that files look alike.
OPEN_SECTIONS = 2


def to_yaml(section: Written) -> str:
    """Return a scenario, a contract or any other section as YAML text.

    Parameters
    ----------
    section : Scenario, Contract or another section
        What is to be written.

    Returns
    -------
    str
        YAML 1.2 that reads back as an equal object.

    Examples
    --------
    >>> from pbc_sim.contract import Contract
    >>> terms = {"title": "Fee", "payment": {"fixed_fee": {"per_period": 1500}}}
    >>> print(to_yaml(Contract.model_validate(terms)), end="")
    title: Fee
    payment:
      fixed_fee: {per_period: 1500}
    """
    yaml = YAML()
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(_laid_out(section.model_dump(exclude_unset=True), 0), text)
    return text.getvalue()


def save_scenario(scenario: Written, path: str | Path) -> None:
    """Write a scenario file.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    path : str or Path
        The file; one that exists is replaced.

    Raises
    ------
    PbcError
        If the file cannot be written.
    """
    try:
        Path(path).write_text(to_yaml(scenario), encoding="utf-8")
    except OSError as error:
        text = _("{path}: {reason}; give the path of a file to write.")
        reason = reason_of(error, "cannot be written")
        raise PbcError(text.format(path=path, reason=reason)) from None


def _laid_out(value: Any, depth: int) -> Any:
    """Return a value for the emitter: whole numbers without point, short sections in one line."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    section: CommentedMap | CommentedSeq
    if isinstance(value, Mapping):
        section = CommentedMap()
        for key, terms in value.items():
            section[_laid_out(key, depth)] = _laid_out(terms, depth + 1)
    elif isinstance(value, (list, tuple)):
        section = CommentedSeq(_laid_out(item, depth + 1) for item in value)
        for item in section:
            if isinstance(item, CommentedMap) and len(item) == 1:
                item.fa.set_block_style()  # "- late_fee: {...}", with the name in front
    else:
        return value
    if depth >= OPEN_SECTIONS and len(str(value)) <= ONE_LINE:
        section.fa.set_flow_style()
    return section
