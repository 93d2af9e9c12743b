"""With which terms does a clause begin that is added to a draft?

Lives here: first terms of each mechanism, in proportion to the money of the scenario. May not live
here: mechanisms; these are only terms that may be written of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.kpi_clauses import KpiClause
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import KPIS
from pbc_sim.performance.words import Words
from pbc_sim.scenario import Scenario
from pbc_sim.show.apps.designer.draft import written_terms
from pbc_sim.show.apps.designer.labels import label

__all__ = ["additions", "with_added", "with_payment"]


@dataclass(frozen=True)
class _Case:
    """What first terms go by: the contract, the KPI they are about, and money of the scenario."""

    contract: Contract
    scenario: Scenario
    kpi: str = ""

    @property
    def clause(self) -> KpiClause:
        return self.contract.kpis[self.kpi]

    @property
    def target(self) -> float:
        return self.clause.target.level

    @property
    def worst(self) -> float:
        """Return a level so bad that nothing is earned, and different from the target."""
        low, high = self.clause.kpi.bounds
        if self.clause.kpi.better == "higher":
            return max(low, round(self.target - 0.1 * abs(self.target), 4))
        return min(high, round(3 * self.target, 4) or 0.05)

    @property
    def yearly(self) -> float:
        """Return what the goods of the horizon are worth at catalogue prices [currency]."""
        setting = self.scenario.setting
        return float(setting.expected_value(setting.measured_from, setting.ends))

    def money(self, share: float) -> float:
        """Return about a share of it, as a round number [currency]."""
        amount = share * self.yearly
        power: float = 10.0 ** math.floor(math.log10(amount)) if amount > 0 else 1.0
        return max(1, round(amount / power)) * power


def _points(case: _Case) -> dict[float, float]:
    return dict(sorted({case.worst: 0.0, case.target: 1.0}.items()))


#: By mechanism: what its terms begin with.
INCENTIVE_TERMS: dict[str, Callable[[_Case], dict[str, Any]]] = {
    "payment_curve": lambda c: {"kpi": c.kpi, "at_risk": 0.05, "points": _points(c)},
    "step_tiers": lambda c: {"kpi": c.kpi, "tiers": {c.target: 0.05, c.worst: 0.1}},
    "lump_sum": lambda c: {"kpi": c.kpi, "if_missed": -c.money(0.002)},
    "per_point": lambda c: {
        "kpi": c.kpi,
        "rate": c.money(0.001),
        "point": 0.01,
        "floor": -c.money(0.01),
    },
    "per_breach": lambda c: {"kpi": c.kpi, "rate": c.money(0.0005)},
    "late_fee": lambda c: {"limit": {"business_days": 2}, "per_day": 0.001, "cap": 0.05},
    "per_event": lambda c: {"event": "returned_units", "amount": -c.money(0.00001)},
    "bonus_pool": lambda c: {"weights": {c.kpi: 1.0}, "pool": c.money(0.01)},
    "demerit_points": lambda c: {"points": {c.kpi: 1}, "per_point": c.money(0.001)},
    "term_extension": lambda c: {"months": 12, "margin_share": 0.05},
}
ADJUSTMENT_TERMS: dict[str, Callable[[_Case], dict[str, Any]]] = {
    "price_index": lambda c: {"yearly_rate": 0.03},
    "retention": lambda c: {"share": 0.05, "released": "all_targets_met"},
    "volume_rebate": lambda c: {"tiers": {c.money(0.8): 0.02}},
}
PAYMENT_TERMS: dict[str, Callable[[_Case], dict[str, Any]]] = {
    "catalogue_price": lambda c: {"factor": 1.0},
    "fixed_fee": lambda c: {"per_period": c.money(1 / 12)},
    "milestones": lambda c: {
        "tranches": [
            {"share": 0.3, "when": "signing"},
            {"share": 0.5, "when": "targets_met"},
            {"share": 0.2, "when": "targets_exceeded"},
        ]
    },
    "cost_plus_incentive": lambda c: {
        **{"target_cost": c.money(0.8), "share_below": 0.2, "share_above": 0.2},
        **{"target_fee": c.money(0.08), "min_fee": c.money(0.02), "max_fee": c.money(0.12)},
    },
    "fixed_price_incentive": lambda c: {
        **{"target_cost": c.money(0.8), "share_below": 0.5, "share_above": 0.5},
        **{"target_profit": c.money(0.08), "ceiling_price": c.money(1.0)},
    },
}
#: Conditions of a contract: what their terms begin with.
CONDITIONS: dict[str, Callable[[_Case], dict[str, Any]]] = {
    "limits": lambda c: {"deductions": {"share": 0.1, "of": "contract_value"}},
    "gate": lambda c: {"no_bonus_below": {c.kpi: c.worst}},
    "ramp_in": lambda c: {"periods": 1},
    "termination": lambda c: {"breaches": 3},
}


def additions(contract: Contract, scenario: Scenario, words: Words) -> dict[str, str]:
    """Return what may be added to a contract, in words, by the name that `with_added` takes."""
    every = _all(contract, words)
    return {key: said for key, said in every if _fits(contract, scenario, key)}


def _all(contract: Contract, words: Words) -> Iterator[tuple[str, str]]:
    kpis = {name: words.label(clause.kpi) for name, clause in contract.kpis.items()}
    for mechanism in INCENTIVES:
        goes_by_kpi = mechanism in INCENTIVE_TERMS and "kpi" in INCENTIVES[mechanism].model_fields
        if goes_by_kpi:
            for name, said in kpis.items():
                yield f"incentives/{mechanism}/{name}", f"{label(mechanism)}: {said}"
        else:
            yield f"incentives/{mechanism}/", label(mechanism)
    for mechanism in ADJUSTMENTS:
        yield f"adjustments/{mechanism}/", label(mechanism)
    for condition in CONDITIONS:
        given = getattr(contract, condition)
        if given is None or not given.model_fields_set:
            yield f"{condition}//", label(condition)
    for measure, kpi in KPIS.items():
        if measure not in {clause.measure for clause in contract.kpis.values()}:
            yield f"kpis/{measure}/", _("KPI: {kpi}").format(kpi=words.label(kpi))


def _fits(contract: Contract, scenario: Scenario, key: str) -> bool:
    try:
        added = with_added(contract, scenario, key)
    except (PbcError, KeyError):
        return False
    return added.problem_in(scenario.world, scenario.plans) is None


def with_added(contract: Contract, scenario: Scenario, key: str) -> Contract:
    """Return a contract with a clause added.

    Raises
    ------
    PbcError
        If the contract would break a rule.
    """
    part, mechanism, kpi = key.split("/")
    terms = written_terms(contract)
    case = _Case(contract, scenario, kpi or next(iter(contract.kpis), ""))
    if part == "kpis":
        name = mechanism
        terms["kpis"] = {**terms.get("kpis", {}), name: _kpi_terms(mechanism)}
    elif part in CONDITIONS:
        terms[part] = CONDITIONS[part](case)
        if part == "termination" and contract.term.months is None:
            months = round((case.scenario.setting.ends - case.scenario.setting.measured_from) / 30)
            terms["term"] = {**terms.get("term", {}), "months": months}
    else:
        first = INCENTIVE_TERMS if part == "incentives" else ADJUSTMENT_TERMS
        terms[part] = [*terms.get(part, []), {mechanism: first[mechanism](case)}]
    return Contract.model_validate(terms)


def with_payment(
    contract: Contract, scenario: Scenario, scheme: str, known: Mapping[str, Any] | None = None
) -> Contract:
    """Return a contract that pays by another scheme.

    Parameters
    ----------
    contract : Contract
        What is changed.
    scenario : Scenario
        Whose money the first terms of a scheme are in proportion to.
    scheme : str
        Its name.
    known : mapping of str to object, optional
        Terms that schemes had before, as they were written.

    Raises
    ------
    PbcError
        If the scheme is unknown, or the contract would break a rule.
    """
    PAYMENTS.find(scheme)
    terms = written_terms(contract)
    again = (known or {}).get(scheme)
    terms["payment"] = again or {scheme: PAYMENT_TERMS[scheme](_Case(contract, scenario))}
    return Contract.model_validate(terms)


def _kpi_terms(measure: str) -> dict[str, Any]:
    kpi = KPIS[measure]
    high = kpi.bounds[1]
    if kpi.better == "higher":
        target = {"at_least": 0.95 if high == 1 else 1.0}
    else:
        target = {"at_most": 0.05 if kpi.unit == "1" else 5.0}
    needs_limit = "limit" in kpi.settings
    limit = {"limit": {"business_days": 2}} if needs_limit else {}
    return {"measure": measure, **limit, "target": target}
