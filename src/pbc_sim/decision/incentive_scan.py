"""Where does better work pay less, or nothing more: a contract swept from the worst to the best.

Lives here: `scan_incentives`. May not live here: any formula of a clause (the sweep is settled like
every other record), advice (`checks/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from pbc_sim.contract import Contract
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.naming import kpi_label
from pbc_sim.contract.pricing import summed
from pbc_sim.contract.trial import Supposed, at_performance, tried
from pbc_sim.errors import PbcError, require_type, unknown_name
from pbc_sim.figures import money
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words
from pbc_sim.printed import Printed
from pbc_sim.world.setting import Setting

__all__ = ["IncentiveScan", "Stretch", "scan_incentives"]

POINTS = 201
#: Where a KPI has no worst value, the sweep begins at so many times its target.
WORST_OF_TARGET = 4.0
#: Smaller changes of a payment, and differences of values, are rounding. [1]
ROUNDING = 1e-9


class Stretch(NamedTuple):
    """Part of the sweep over which better work is not worth while.

    Parameters
    ----------
    kpi : str
        The KPI that is swept.
    kind : {"pays less", "pays nothing more"}
        What better work does there.
    worse, better : float
        Ends of the stretch, from the worse value to the better one. [as the KPI]
    change : float
        Payment at the better end less that at the worse end, over the term. [currency]
    misses : bool
        Whether the target is missed all along, so that a supplier there has not yet delivered.
    """

    kpi: str
    kind: Literal["pays less", "pays nothing more"]
    worse: float
    better: float
    change: float
    misses: bool


@dataclass(frozen=True)
class IncentiveScan(Printed):
    """What is paid over the term as one KPI is swept from the worst to the best, others held.

    Parameters
    ----------
    contract : Contract
        What was swept.
    table : DataFrame
        A row a KPI and value, from worse to better: ``kpi``, ``value`` [as the KPI], ``paid`` over
        the term [currency], ``met``.
    stretches : tuple of Stretch
        Where better work pays less, or nothing more.
    currency : str
        Of the amounts.
    """

    contract: Contract
    table: pd.DataFrame
    stretches: tuple[Stretch, ...]
    currency: str

    @property
    def falls(self) -> tuple[Stretch, ...]:
        """Where better work pays less."""
        return tuple(s for s in self.stretches if s.kind == "pays less")

    def flat(self, *, only_missed: bool = True) -> tuple[Stretch, ...]:
        """Where better work pays nothing more; by default only where the target is missed."""
        flat = (s for s in self.stretches if s.kind == "pays nothing more")
        return tuple(s for s in flat if s.misses or not only_missed)

    def __str__(self) -> str:
        if not self.stretches:
            return _("Better work pays more everywhere.")
        return "\n".join(self._stretch_said(stretch) for stretch in self.stretches)

    def _stretch_said(self, stretch: Stretch) -> str:
        words = _stretch_words()[stretch.kind, stretch.misses]
        return words.format(
            kpi=kpi_label(self.contract, stretch.kpi),
            worse=self._value_said(stretch.kpi, stretch.worse),
            better=self._value_said(stretch.kpi, stretch.better),
            change=money(stretch.change, self.currency),
        )

    def _value_said(self, kpi: str, value: float) -> str:
        entry = self.contract.kpis[kpi].kpi
        if entry.unit == "currency":
            return money(value, self.currency)
        # Of the values between the written levels so many digits are enough.
        return Words(spoken(), self.currency).level(entry, float(f"{value:.6g}"))


def _stretch_words() -> Mapping[tuple[str, bool], str]:
    """Return what is said of a stretch, by its kind and whether the target is missed."""
    return {
        ("pays less", True): _(
            "{kpi}: from {worse} to {better}, below the target, better work pays less ({change})."
        ),
        ("pays less", False): _(
            "{kpi}: from {worse} to {better}, with the target met, better work pays less "
            "({change})."
        ),
        ("pays nothing more", True): _(
            "{kpi}: from {worse} to {better}, below the target, better work pays nothing more."
        ),
        ("pays nothing more", False): _(
            "{kpi}: from {worse} to {better}, with the target met, better work pays nothing more."
        ),
    }


def scan_incentives(
    contract: Contract,
    setting: Setting,
    *,
    others: float | Mapping[str, float] = 1.0,
    points: int = POINTS,
    currency: str = "",
) -> IncentiveScan:
    """Sweep each KPI of a contract from its worst to its best value, and read what is paid.

    The value is the same in all reviews of the term; other KPIs stand at their targets. So caps,
    floors, dead bands, gates and streaks act as they would on such a record.

    Parameters
    ----------
    contract : Contract
        The contract.
    setting : Setting
        Calendar and catalogue of its world, as ``scenario.setting``.
    others : float or mapping of str to float
        At which share of its target each other KPI stands, or at which value, by name.
    points : int
        Values of each KPI; its levels are added.
    currency : str
        For words.

    Returns
    -------
    IncentiveScan
        The sweep, and where it falls or is flat.

    Raises
    ------
    PbcError
        If the contract has no KPI, or `others` names an unknown one.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    >>> found = scan_incentives(scenario.contracts["pbc_2022"], scenario.setting)
    >>> found.falls
    ()
    """
    require_type("contract", contract, Contract, "take one of scenario.contracts")
    if not contract.kpis:
        raise PbcError("the contract has no KPI to sweep; add one under kpis.")
    named = others if isinstance(others, Mapping) else {}
    for name in named:
        if name not in contract.kpis:
            raise PbcError(unknown_name("KPI of this contract", name, contract.kpis))
    share = 1.0 if isinstance(others, Mapping) else others
    held = {
        name: named.get(name, at_performance(clause, share))
        for name, clause in contract.kpis.items()
    }
    # What is ordered stands for what it costs, where a scheme shares costs.
    ordered = float(setting.expected_value(setting.measured_from, setting.ends))
    tables, stretches = [], []
    for name, clause in contract.kpis.items():
        values = _sweep(clause, points)
        cases = [Supposed(held | {name: value}, supplier_cost=ordered) for value in values.tolist()]
        settled = tried(contract, setting, cases)
        n_periods = settled.block.n_periods
        paid = np.broadcast_to(summed(settled.lines), (1, 1, len(values), n_periods)).sum(axis=-1)
        met = clause.target.is_met(values, np.asarray(clause.target.level))
        table = pd.DataFrame({"kpi": name, "value": values, "paid": paid[0, 0], "met": met})
        tables.append(table)
        stretches += _stretches(name, table)
    return IncentiveScan(contract, pd.concat(tables, ignore_index=True), tuple(stretches), currency)


def _sweep(clause: WrittenKpi, points: int) -> np.ndarray:
    """Return values from the worst to the best, with the levels of the clause among them."""
    low, high = clause.kpi.bounds
    level = clause.target.level
    far = WORST_OF_TARGET * abs(level) or 1.0
    low, high = max(low, level - far), min(high, level + far)
    grid = np.linspace(low, high, points)
    # A value that is the level but for rounding would be swept twice.
    values = np.union1d(grid[np.abs(grid - level) > ROUNDING * max(abs(level), 1.0)], [level])
    return values if clause.kpi.better == "higher" else values[::-1]


def _stretches(kpi: str, table: pd.DataFrame) -> list[Stretch]:
    values, paid, met = (table[name].to_numpy() for name in ("value", "paid", "met"))
    step = np.diff(paid)
    step[np.abs(step) <= ROUNDING * max(np.abs(paid).max(), 1.0)] = 0.0
    # A step across the target belongs to neither side.
    side = np.where(met[1:] == met[:-1], met[1:].astype(int), 2)
    kinds = np.sign(step).astype(int) * 10 + side
    ends = np.flatnonzero(np.diff(kinds)) + 1
    found = []
    for begin, end in zip([0, *ends], [*ends, len(step)], strict=True):
        if step[begin] > 0 or (step[begin] == 0 and side[begin] == 2):
            continue
        kind: Literal["pays less", "pays nothing more"] = (
            "pays less" if step[begin] < 0 else "pays nothing more"
        )
        change = float(paid[end] - paid[begin])
        worse, better = float(values[begin]), float(values[end])
        found.append(Stretch(kpi, kind, worse, better, change, bool(not met[begin])))
    return found
