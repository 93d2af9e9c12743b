"""What are the parts of a contract called, where people read: its mechanisms, KPIs and places?

Lives here: names for people instead of the keys of a scenario file. May not live here: sentences of
clauses (beside their formulas), titles of contracts and plans (`decision/wording.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import KPI_SECTION
from pbc_sim.figures import money
from pbc_sim.language import noted, spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.words import Words

__all__ = ["kpi_label", "mechanism_said", "place_said", "target_said"]

#: Payment schemes, incentives and adjustments, by their keys in a scenario file.
MECHANISMS: Mapping[str, str] = {
    "bonus_pool": noted("bonus pool"),
    "catalogue_price": noted("catalogue price"),
    "cost_plus_incentive": noted("cost plus incentive fee"),
    "demerit_points": noted("demerit points"),
    "fixed_fee": noted("fixed fee"),
    "fixed_price_incentive": noted("fixed price incentive"),
    "late_fee": noted("late fee"),
    "lump_sum": noted("lump sum"),
    "milestones": noted("milestones"),
    "payment_curve": noted("payment curve"),
    "per_breach": noted("per breach"),
    "per_event": noted("per event"),
    "per_point": noted("per point"),
    "price_index": noted("price index"),
    "retention": noted("retention"),
    "step_tiers": noted("step tiers"),
    "target_cost": noted("target cost"),
    "term_extension": noted("term extension"),
    "volume_rebate": noted("volume rebate"),
}
#: Sections of a contract, by the first word of a place in it.
SECTIONS: Mapping[str, str] = {
    "adjustments": noted("Adjustments"),
    "gate": noted("Condition for a bonus"),
    "groups": noted("Groups of clauses"),
    "incentives": noted("Bonuses and deductions"),
    "kpis": noted("KPIs"),
    "limits": noted("Limits"),
    "payment": noted("Payment"),
    "term": noted("Term"),
    "termination": noted("Termination"),
}
#: What a limit holds.
LIMITED: Mapping[str, str] = {
    "bonuses": noted("Limit of bonuses"),
    "deductions": noted("Limit of deductions"),
}


def mechanism_said(key: str) -> str:
    """Name a payment scheme, an incentive or an adjustment by its key."""
    return _(MECHANISMS[key]) if key in MECHANISMS else key


def kpi_label(contract: Contract, name: str) -> str:
    """Name a KPI of a contract; with the number of its clause where two are labelled so.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/medical_devices.yaml")
    >>> contract = scenario.contracts["article_30_50_20"]
    >>> kpi_label(contract, "accuracy"), kpi_label(contract, "complaints")
    ('Device accuracy', 'Responses in time (clause 3.4)')
    """
    labels = [clause.kpi.in_words.label for clause in contract.kpis.values()]
    label: str = contract.kpis[name].kpi.in_words.label
    if labels.count(label) == 1:
        return label
    number = f"{KPI_SECTION}.{list(contract.kpis).index(name) + 1}"
    return _("{kpi} (clause {number})").format(kpi=label, number=number)


def target_said(clause: WrittenKpi, currency: str) -> str:
    """Say the target of a KPI in its unit: at least 95%.

    Examples
    --------
    >>> import pbc_sim as pbc
    >>> scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    >>> target_said(scenario.contracts["pbc_2022"].kpis["returns"], "IDR")
    'less than 1%'
    """
    target, words = clause.target, Words(spoken(), currency)
    if clause.kpi.unit == "currency":
        return str(target.worded(words, money(target.level, currency, exact=True)))
    return str(target.clause(words, clause.kpi))


def place_said(contract: Contract, place: str) -> str:
    """Name a place of a contract, as ``kpis.accuracy`` or ``incentives.0``, without its keys.

    Several places are separated by commas.
    """
    return "; ".join(_place(contract, one.split(".")) for one in place.split(", "))


def _place(contract: Contract, path: list[str]) -> str:
    section, *rest = path
    if section == "kpis" and rest:
        return kpi_label(contract, rest[0])
    if section in ("incentives", "adjustments") and rest:
        n = int(rest[0])
        if section == "adjustments":
            return mechanism_said(ADJUSTMENTS.name_of(contract.adjustments[n])).capitalize()
        incentive = contract.incentives[n]
        named = mechanism_said(INCENTIVES.name_of(incentive)).capitalize()
        if not incentive.kpi_name:
            return named
        return _("{clause} on {kpi}").format(
            clause=named, kpi=kpi_label(contract, incentive.kpi_name)
        )
    if section == "limits" and rest and rest[0] in LIMITED:
        return _(LIMITED[rest[0]])
    return _(SECTIONS[section]) if section in SECTIONS else ".".join(path)
