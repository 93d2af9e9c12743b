"""What do several contracts agree alike, and what each in its own way: clauses without repetition.

Lives here: which sentences of contracts are said once for all of them. May not live here: the
sentences (`contract/`), looks (`paper/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pbc_sim.contract import Contract
from pbc_sim.contract.naming import kpi_label
from pbc_sim.contract.text import KPI_SECTION, Section, sections, words_for
from pbc_sim.decision.wording import plan_labels
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario
from pbc_sim.show.paper.document import Block, Heading, Paragraph

__all__ = ["in_words"]

#: The particular of a KPI that stays in each contract, in either language: what is asked for.
TARGET = "Target"

#: A sentence about a KPI, with its heading.
Particular = tuple[str, str]


def in_words(
    contracts: Mapping[str, Contract], scenario: Scenario, titled: Callable[[str], str]
) -> Iterator[Block]:
    """Yield the clauses of contracts: what they share once, then of each what is its own.

    Parameters
    ----------
    contracts : mapping of str to Contract
        By name.
    scenario : Scenario
        Its currency, and what its plans are called.
    titled : callable
        ``titled(name)`` is what a contract is called for people.

    Yields
    ------
    Block
        A section of definitions, and one a contract. Clauses keep the numbers that they have in
        the contract as it is signed.
    """
    currency, plans = scenario.currency, plan_labels(scenario)
    written = {
        name: sections(contract, words_for(contract, spoken(), currency, plans))
        for name, contract in contracts.items()
    }
    of_kpis = {name: _particulars(contract, currency) for name, contract in contracts.items()}
    defined = _defined(contracts, of_kpis)
    shared = _shared(list(written.values())) if len(contracts) > 1 else set()
    yield Paragraph(
        _(
            "What is said alike is said once; clauses keep their numbers in the contract, whose "
            "whole text is printed by {command}."
        ).format(command="pbc-sim text")
    )
    yield Heading(_("Definitions and what is agreed alike"), 2)
    for label, particulars in defined.items():
        yield Paragraph(" ".join(sentence for _heading, sentence in particulars), heading=label)
    for section in next(iter(written.values())):
        alike = [c.text for c in section.clauses if (section.heading, c.text) in shared]
        if alike:
            yield Paragraph(" ".join(alike), heading=section.heading)
    for name, contract in contracts.items():
        yield Heading(titled(name), 2)
        for section in written[name]:
            yield from _own(section, contract, of_kpis[name], defined, shared)


def _particulars(contract: Contract, currency: str) -> dict[str, list[Particular]]:
    """Return what a contract says of each of its KPIs."""
    words = words_for(contract, spoken(), currency)
    return {
        name: clause.particulars(words, contract.term.review)
        for name, clause in contract.kpis.items()
    }


def _defined(
    contracts: Mapping[str, Contract], of_kpis: Mapping[str, dict[str, list[Particular]]]
) -> dict[str, list[Particular]]:
    """Return, by the label of a KPI, what every clause on it says, its target left out."""
    defined: dict[str, list[Particular]] = {}
    for name, contract in contracts.items():
        for kpi, clause in contract.kpis.items():
            label = clause.kpi.in_words.label
            said = [it for it in of_kpis[name][kpi] if it[0] != TARGET]
            known = defined.get(label, said)
            defined[label] = [it for it in known if it in said]
    return defined


def _shared(written: list[list[Section]]) -> set[tuple[str, str]]:
    """Return the clauses, by the heading of their section, that stand in every contract."""
    each = [
        {(s.heading, c.text) for s in parts if s.number != KPI_SECTION for c in s.clauses}
        for parts in written
    ]
    return set.intersection(*each)


def _own(
    section: Section,
    contract: Contract,
    particulars: Mapping[str, list[Particular]],
    defined: Mapping[str, list[Particular]],
    shared: set[tuple[str, str]],
) -> Iterator[Block]:
    """Yield what a section of one contract says beyond what was said for all."""
    if section.number == KPI_SECTION and contract.kpis:
        yield Paragraph("", heading=section.title, leads=True)
        for clause, (kpi, said) in zip(section.clauses, particulars.items(), strict=True):
            alike = defined[contract.kpis[kpi].kpi.in_words.label]
            own = " ".join(
                sentence for heading, sentence in said if (heading, sentence) not in alike
            )
            yield Paragraph(own, clause.number, kpi_label(contract, kpi))
        return
    own_clauses = [c for c in section.clauses if (section.heading, c.text) not in shared]
    if own_clauses:
        yield Paragraph("", heading=section.title, leads=True)
    for clause in own_clauses:
        yield Paragraph(clause.text, clause.number, clause.heading)
