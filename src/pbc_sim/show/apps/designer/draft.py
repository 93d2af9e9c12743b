"""What has been drafted so far, what came before, and what was set aside?

Lives here: the draft of a contract with undo and redo, and the candidates that were kept. May not
live here: prices, widgets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.scenario import Scenario
from pbc_sim.show.apps.designer.fields import Step, put

__all__ = ["DRAFT", "Draft", "written_terms"]

#: What the draft is called among other contracts.
DRAFT = "draft"

#: Steps back that are kept.
MOST_STEPS = 200


def written_terms(contract: Contract) -> dict[str, Any]:
    """Return what was written of a contract, as plain dictionaries and lists that may be changed.

    Examples
    --------
    >>> written_terms(Contract.model_validate({"title": "Plain"}))
    {'title': 'Plain'}
    """
    terms: dict[str, Any] = _changeable(contract.model_dump(exclude_unset=True))
    return terms


def _changeable(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _changeable(part) for key, part in node.items()}
    return [_changeable(part) for part in node] if isinstance(node, (list, tuple)) else node


@dataclass
class Draft:
    """A contract that is being written, with its past.

    Parameters
    ----------
    contract : Contract
        What is drafted now.
    candidates : dict of str to Contract
        What was kept, by name.

    Examples
    --------
    >>> draft = Draft(Contract.model_validate({"title": "Plain"}))
    >>> draft.change(("payment", "catalogue_price", "factor"), 0.9)
    >>> draft.contract.payment.factor
    0.9
    >>> draft.undo(), draft.contract.payment.factor
    (True, 1.0)
    """

    contract: Contract
    candidates: dict[str, Contract] = field(default_factory=dict)
    _past: list[Contract] = field(default_factory=list)
    _future: list[Contract] = field(default_factory=list)
    _moved: tuple[Step, ...] | None = None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step forward again."""
        return bool(self._future)

    def change(self, steps: Sequence[Step], value: Any) -> None:
        """Write another value at a place of the terms.

        Moves of one slider are one step back.

        Raises
        ------
        PbcError
            If the contract would break a rule; it stays as it was.
        """
        changed = Contract.model_validate(put(written_terms(self.contract), steps, value))
        moved, self._moved = self._moved, tuple(steps)
        if changed == self.contract:
            return
        if moved != self._moved or not self._past:
            self._keep()
        self._future.clear()
        self.contract = changed

    def replace(self, contract: Contract) -> None:
        """Go on with another contract."""
        self._keep()
        self._future.clear()
        self.contract, self._moved = contract, None

    def undo(self) -> bool:
        """Take the last step back; return whether there was one."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Take the last step that was taken back; return whether there was one."""
        return self._step(self._future, self._past)

    def _step(self, from_: list[Contract], to: list[Contract]) -> bool:
        self._moved = None
        if not from_:
            return False
        to.append(self.contract)
        self.contract = from_.pop()
        return True

    def _keep(self) -> None:
        self._past.append(self.contract)
        del self._past[:-MOST_STEPS]

    def keep_as_candidate(self) -> str:
        """Keep the draft as it is now, and return the name that it was given."""
        number = 1
        while (name := f"candidate_{number}") in self.candidates:
            number += 1
        self.candidates[name] = self.contract
        return name

    def scenario_with(self, scenario: Scenario) -> Scenario:
        """Return a scenario that has the draft and the candidates among its contracts.

        Raises
        ------
        PbcError
            If they do not fit the scenario.
        """
        others = {name: c for name, c in scenario.contracts.items() if name != DRAFT}
        contracts = {**others, **self.candidates, DRAFT: self.contract}
        changed: Scenario = scenario.model_copy(update={"contracts": contracts})
        return changed

    def go_back_to(self, name: str, scenario: Scenario) -> None:
        """Go on with a contract of the scenario, or a candidate.

        Raises
        ------
        PbcError
            If there is none of that name.
        """
        known = {**scenario.contracts, **self.candidates}
        if name not in known:
            raise PbcError(_("There is no contract '{name}'.").format(name=name))
        self.replace(known[name])
