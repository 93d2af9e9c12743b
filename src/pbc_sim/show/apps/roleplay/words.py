"""What are roles, levers, lines and events called?

Lives here: words for what a game consists of, in the language spoken. May not live here: HTML.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from babel.numbers import get_currency_symbol

from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.decision.game import LEVERS, Role, Setup
from pbc_sim.decision.game.setup import Levers
from pbc_sim.decision.wording import plan_label
from pbc_sim.figures import count, share
from pbc_sim.figures import money as written_money
from pbc_sim.language import plural, said, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations.inspection import ShareInspection
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import COST_LINES

__all__ = [
    "cost_name",
    "day",
    "event_name",
    "item_name",
    "joined",
    "kpi_name",
    "level",
    "lever_name",
    "levers_said",
    "line_name",
    "money",
    "month",
    "number_name",
    "number_unit",
    "quarter",
    "role_name",
    "setting_name",
    "spell_name",
    "unit_name",
]


def role_name(role: Role) -> str:
    """Return what a role is called."""
    names = {"supplier": _("supplier"), "buyer": _("buyer"), "evaluator": _("evaluator")}
    return names[role]


def joined(names: list[str]) -> str:
    """Return names as a list in a sentence."""
    if len(names) < 2:
        return "".join(names)
    return _("{first} and {last}").format(first=", ".join(names[:-1]), last=names[-1])


def day(date: dt.date) -> str:
    """Return a date in few letters."""
    return format_date(date, "d MMM", locale=spoken())


def month(date: dt.date) -> str:
    """Return the name of a month."""
    return format_date(date, "MMMM", locale=spoken())


def quarter(turn: int) -> str:
    """Return the name of a turn, counted from 0."""
    return _("Quarter {n}").format(n=turn + 1)


def lever_name(lever: str) -> str:
    """Return what a lever is called."""
    names = {
        "stock": _("Stock on the shelf"),
        "checks": _("Checks before dispatch"),
        "staff": _("Pickers"),
        "express": _("Express delivery"),
    }
    return names[lever]


def _cover(policy: Mapping[str, Any]) -> float | None:
    """Return the largest cover that a stock policy names [day]."""
    found = [
        inner
        for value in policy.values()
        if isinstance(value, Mapping)
        for inner in [value.get("cover_days") or _cover(value)]
        if inner is not None
    ]
    return max(found) if found else None


def setting_name(setup: Setup, lever: str, name: str) -> str:
    """Return what a setting of a lever is called."""
    plan = setup.menu[name]
    if lever == "stock":
        cover = _cover(plan.model_dump()["policy"])
        if cover is None:
            return plan_label(setup.scenario, name)
        return _("for {n} days").format(n=count(cover))
    if lever == "checks":
        return _checks(plan)
    if lever == "staff":
        if plan.pickers is None:
            return _("as many as needed")
        return plural("{n} picker", "{n} pickers", plan.pickers).format(n=plan.pickers)
    if plan.expedite_after is None:
        return _("never")
    after = plan.expedite_after
    days = after.business_days or after.calendar_days or 0
    return _("orders older than {n} days").format(n=count(days))


def _checks(plan: SupplierPlan) -> str:
    arriving = plan.goods_in_inspection
    units = arriving.of_units if isinstance(arriving, ShareInspection) else 1.0
    if not plan.pick_check and not units:
        return _("none")
    lines = _("{share} of lines").format(share=share(plan.pick_check, 0))
    return lines + (_(", {share} of incoming goods").format(share=share(units, 0)) if units else "")


def levers_said(setup: Setup, levers: Levers) -> str:
    """Return what a supplier does, in few words."""
    return "; ".join(
        f"{lever_name(lever)}: {setting_name(setup, lever, name)}"
        for lever, name in zip(LEVERS, levers, strict=True)
    )


def kpi_name(clause: WrittenKpi) -> str:
    """Return the label of a KPI."""
    kpi = clause.kpi
    return kpi.in_indonesian.label if spoken() == "id" and kpi.indonesian else kpi.label


def level(clause: WrittenKpi, value: float) -> str:
    """Return a value of a KPI with its unit."""
    written = share(value) if clause.kpi.unit == "1" else f"{count(value)} {_(clause.kpi.unit)}"
    return written.replace(" ", "\u00a0")


def number_name(setup: Setup, path: str) -> str:
    """Return what a number of the contract is called."""
    steps = path.split(".")
    if path == "payment.catalogue_price.factor":
        return _("Price, as a share of the catalogue's")
    if steps[0] == "kpis" and steps[1] in setup.terms.kpis:
        kpi = kpi_name(setup.terms.kpis[steps[1]])
        return _("Target: {kpi}").format(kpi=kpi) if "target" in steps else f"{kpi}: {steps[-1]}"
    if steps[0] == "incentives" and steps[1].isdigit():
        incentive = setup.terms.incentives[int(steps[1])]
        clause = setup.terms.kpis.get(incentive.kpi_name or "")
        if clause is not None and steps[-1] == "rate":
            return _("Bonus or deduction for each point: {kpi}").format(kpi=kpi_name(clause))
        if clause is not None and steps[-1] == "at_risk":
            return _("Share of the payment at risk: {kpi}").format(kpi=kpi_name(clause))
        if getattr(incentive, "event", None) and steps[-1] == "amount":
            return _("Amount for each: {event}").format(event=event_name(incentive.event))
    return path


def number_unit(setup: Setup, path: str) -> str:
    """Return what stands after a number of the contract: the currency, where it is money."""
    is_money = path.split(".")[-1] in ("rate", "amount")
    return get_currency_symbol(setup.scenario.currency, spoken()) if is_money else ""


def item_name(setup: Setup, key: str) -> str:
    """Return what an item is called."""
    return said(setup.scenario.world.items[key].label) or key.replace("_", " ")


def event_name(name: str) -> str:
    """Return what an event is called that a contract pays for."""
    return _(name.replace("_", " "))


def line_name(setup: Setup, line: tuple[str, str]) -> str:
    """Return what a line of a payment is called."""
    clause, of = line
    names = {
        "catalogue_price": _("goods accepted, at the agreed price"),
        "fixed_fee": _("fixed fee"),
        "late_fee": _("late fee"),
        "limits": _("deductions or bonuses beyond their cap"),
        "adjustments": _("adjustments"),
    }
    if clause in names:
        return names[clause]
    if of in setup.terms.kpis:
        return _("for {kpi}").format(kpi=kpi_name(setup.terms.kpis[of]))
    return _("for {event}").format(event=event_name(of)) if of else event_name(clause)


def cost_name(line: str) -> str:
    """Return what a cost line is called."""
    if line == "monitoring":
        return _("measuring the KPIs")
    return _(COST_LINES[line].label)


def spell_name(setup: Setup, name: str) -> str:
    """Return what held up orders is called, from its name as ``flood-1``."""
    kind, _dash, n = name.rpartition("-")
    label = said(setup.scenario.world.disruptions[kind].label) or kind.replace("_", " ")
    return f"{label} ({n})"


def unit_name(setup: Setup, key: str) -> str:
    """Return the name of one of the buyer's units."""
    unit = setup.scenario.world.demand.units.get(key)
    return (said(unit.label) if unit else "") or key


def money(setup: Setup, amount: float) -> str:
    """Return an amount in the scenario's currency."""
    # An amount is one word, or narrow columns would break it.
    return written_money(amount, setup.scenario.currency).replace(" ", "\u00a0")
