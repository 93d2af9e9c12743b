"""Does it agree with the real case: reported figures beside simulated ones.

Lives here: the table of a scenario's `published` section. May not live here: what was reported.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pbc_sim.decision.outcomes import Settlement
from pbc_sim.decision.results import ContractResult, sample
from pbc_sim.decision.risk import paired, ratio_interval
from pbc_sim.decision.wording import in_unit
from pbc_sim.figures import numeral, share, span
from pbc_sim.language import noted, said
from pbc_sim.language import translated as _
from pbc_sim.scenario.published import Published, PublishedRow

__all__ = ["beside_reported"]

#: How a simulated figure came about.
HOW = {"calibrated": noted("calibrated"), "came out": noted("came out")}


def beside_reported(
    report: Published, prices: Settlement, before: ContractResult, after: ContractResult
) -> pd.DataFrame:
    """Return the figures reported of the real case beside the simulated ones.

    Parameters
    ----------
    report : Published
        What was reported.
    prices : Settlement
        Contracts priced on simulated futures.
    before, after : ContractResult
        The contracts that stand for the time before and after, each under its plan.

    Returns
    -------
    DataFrame
        A row a figure; ``direction`` says whether the simulated change has the sign of the
        reported one, with its whole 95% interval.
    """
    rows = [
        {
            _("figure"): said(row.label),
            _("reported"): f"{_reported(row, row.before, after, prices)} \N{RIGHTWARDS ARROW} "
            f"{_reported(row, row.after, after, prices)}",
            _("simulated before"): _level(row, before, prices),
            _("before"): _(HOW[row.before_is]),
            _("simulated after"): _change(row, before, after, prices)
            if row.before is None
            else _level(row, after, prices),
            _("after"): _(HOW[row.after_is]),
            _("direction"): _direction(row, before, after, prices),
        }
        for row in report.rows
    ]
    return pd.DataFrame(rows).set_index(_("figure"))


def _reported(
    row: PublishedRow, value: float | None, result: ContractResult, prices: Settlement
) -> str:
    if value is None:
        return _("baseline")
    if row.before is None:
        return f"{'+' if value >= 0 else ''}{share(value, 0)}"
    return in_unit(value, result.kpis[row.kpi].unit, prices.outcomes.scenario.currency)


def _level(row: PublishedRow, result: ContractResult, prices: Settlement) -> str:
    if row.kpi == "buyer_cost":
        return _("baseline")
    return result.kpis[row.kpi].said()


def _change(
    row: PublishedRow, before: ContractResult, after: ContractResult, prices: Settlement
) -> str:
    change, (low, high) = ratio_interval(_values(row, after, prices), _values(row, before, prices))
    ends = span(numeral(100 * (low - 1), ".1f"), numeral(100 * (high - 1), ".1f"))
    return f"{'+' if change >= 1 else ''}{share(change - 1)} {ends}"


def _direction(
    row: PublishedRow, before: ContractResult, after: ContractResult, prices: Settlement
) -> str:
    reported = row.after if row.before is None else row.after - row.before
    low, high = paired(_values(row, after, prices), _values(row, before, prices)).ci95
    if low <= 0 <= high:
        return _("uncertain")
    return _("as reported") if (low > 0) == (reported > 0) else _("opposite")


def _values(row: PublishedRow, result: ContractResult, prices: Settlement) -> np.ndarray:
    """Return a KPI, or the buyer's cost, in each replication under the contract's plan."""
    if row.kpi == "buyer_cost":
        return sample(prices, row.kpi, result.name, result.plan)
    terms = prices.kpi_values(result.name)
    values: np.ndarray = terms.sel(kpi=row.kpi, plan=result.plan).values
    return values
