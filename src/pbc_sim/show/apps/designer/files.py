"""What is taken away from the designer, and what is brought back?

Lives here: links to YAML, annex and report of a draft, and reading what was saved. May not live
here: what these say.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from pbc_sim.contract.terms import Contract
from pbc_sim.decision.outcomes import Outcomes
from pbc_sim.errors import PbcError
from pbc_sim.language import Language, spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario, parse_contract, parse_scenario, to_yaml
from pbc_sim.show.apps.designer.draft import DRAFT
from pbc_sim.show.apps.page import download
from pbc_sim.show.paper import Printed

__all__ = ["annex_links", "read_back", "report_links", "yaml_links"]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def yaml_links(scenario: Scenario) -> str:
    """Return links, as HTML, to the draft alone and to its whole scenario, as YAML."""
    contract = to_yaml(scenario.contracts[DRAFT])
    return download(
        _("Scenario with draft and candidates (YAML)"),
        f"{_file_name(scenario)}.yaml",
        to_yaml(scenario),
        "application/yaml",
    ) + download(
        _("The draft alone (YAML)"), f"{_file_name(scenario)}_draft.yaml", contract,
        "application/yaml",
    )  # fmt: skip


def annex_links(scenario: Scenario, outcomes: Outcomes | None) -> str:
    """Return links, as HTML, to the annex of the draft, in the language that is spoken.

    Raises
    ------
    PbcError
        If the annex cannot be written.
    """
    from pbc_sim.show.annex import annex  # slow to import, and not always needed

    language: Language = spoken()
    made = annex(scenario, DRAFT, language, outcomes)
    return _both(made, f"{_file_name(scenario)}_annex", _("Annex"))


def report_links(scenario: Scenario, outcomes: Outcomes, contracts: dict[str, Contract]) -> str:
    """Return links, as HTML, to a report that compares contracts.

    Raises
    ------
    PbcError
        If they cannot be compared.
    """
    from pbc_sim.show.report import report  # slow to import, and not always needed

    made = report(outcomes.settle(contracts))
    return _both(made, f"{_file_name(scenario)}_report", _("Report"))


def _both(made: Printed, name: str, said: str) -> str:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "paper.docx"
        made.save(path)
        paper = path.read_bytes()
    return download(
        _("{paper} (page that prints)").format(paper=said),
        f"{name}.html",
        made.to_html(),
        "text/html",
    ) + download(_("{paper} (Word)").format(paper=said), f"{name}.docx", paper, DOCX)


def _file_name(scenario: Scenario) -> str:
    return re.sub(r"\W+", "_", scenario.title.lower()).strip("_")[:40] or "scenario"


def read_back(name: str, text: str, scenario: Scenario) -> tuple[Scenario, Contract | None]:
    """Read a file that was saved: a scenario, or a contract for the scenario at hand.

    Returns
    -------
    tuple of Scenario and Contract
        The scenario, and the contract to go on with: the draft that was saved; None where a
        scenario has none.

    Raises
    ------
    PbcError
        If it is neither.
    """
    if re.search(r"^world:", text, re.MULTILINE):
        read = parse_scenario(text, name)
        return read, read.contracts.get(DRAFT)
    contract = parse_contract(text, name)
    problem = contract.problem_in(scenario.world, scenario.plans)
    if problem:
        raise PbcError(f"{name}, {problem[0]}: {problem[1]}")
    return scenario, contract
