"""What did it cost to run: each party's costs, line by line.

Lives here: cost rates as a person writes them, and one function a cost line.
May not live here: payments between the parties (`contract/`).
To add a cost line: one function with `@cost_line`; nothing else changes but the rate it needs.
Costs are positive for whoever bears them. [currency]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.inputs import PositiveMoney, Share, Written
from pbc_sim.language import translated as _
from pbc_sim.operations.facts import ReturnReason
from pbc_sim.operations.improvement import paid_by_buyer, paid_by_supplier
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.orders import late_parts
from pbc_sim.performance.periods import DAYS_PER_YEAR
from pbc_sim.performance.sums import added
from pbc_sim.world.calendar import Duration

__all__ = [
    "COST_LINES",
    "BuyerRates",
    "CostLine",
    "CostTerms",
    "Party",
    "SupplierRates",
    "Term",
    "cost_line",
    "costs",
    "level_days",
    "lines_of",
]


#: Who bears a cost.
Party = Literal["supplier", "buyer"]

#: One more than the largest number of 16 bits.
SMALL = 2**16


class SupplierRates(Written):
    """Cost rates of the supplier.

    Parameters
    ----------
    holding_share_per_year : float
        Capital, space and shrinkage, relative to the cost of goods. [1/year]
    closing_stock_share : float
        What stock left at the end is worth, on the way or not, relative to its cost. [1]
    per_replenishment : float
        Of an order upstream. [currency/order]
    inspection_per_unit : float
        Of a unit inspected at goods in. [currency/unit]
    outgoing_inspection_per_unit : float
        Of a unit inspected as it leaves the shelf. [currency/unit]
    check_per_line : float
        Of a line checked before dispatch. [currency/line]
    picker_per_year : float
        Of one picker. [currency/year]
    per_shipment : float
        Of a shipment. [currency/shipment]
    express_surcharge : float
        Of expediting a shipment, on top. [currency/shipment]
    per_returned_unit : float
        Of taking a unit back. [currency/unit]
    desk_staff_per_year : float
        Of one who answers calls. [currency/year]
    technician_per_year : float
        Of one technician. [currency/year]
    per_visit : float
        Travel and material of a technician's visit. [currency]
    """

    holding_share_per_year: Share = 0.0
    closing_stock_share: Share = 1.0
    per_replenishment: PositiveMoney = 0.0
    inspection_per_unit: PositiveMoney = 0.0
    outgoing_inspection_per_unit: PositiveMoney = 0.0
    check_per_line: PositiveMoney = 0.0
    picker_per_year: PositiveMoney = 0.0
    per_shipment: PositiveMoney = 0.0
    express_surcharge: PositiveMoney = 0.0
    per_returned_unit: PositiveMoney = 0.0
    desk_staff_per_year: PositiveMoney = 0.0
    technician_per_year: PositiveMoney = 0.0
    per_visit: PositiveMoney = 0.0


class BuyerRates(Written):
    """Own losses of the buyer.

    Parameters
    ----------
    needed_within : Duration
        How long a unit can do without its order before work suffers.
    per_late_unit_day : float
        Loss from a unit that is missing, after that. [currency/(unit x calendar day)]
    per_lost_unit : float
        Loss from a unit that the supplier cancels or refunds, beyond its price. [currency/unit]
    per_returned_unit : float
        Handling of a returned unit. [currency/unit]
    per_defect_in_use : float
        Loss from a defect that shows in use. [currency/unit]
    monitoring_per_review : float
        Measuring and judging one KPI once. [currency]
    per_machine_hour : float
        Loss from an hour in which a line that should run gives no output, or a machine by itself;
        in part, for part of the output. [currency/hour]
    storeroom_holding_share_per_year : float
        Capital and space of parts in storerooms, relative to their price; the supplier's own rate
        where it owns them. [1/year]
    per_storeroom_order : float
        Writing an order by hand. [currency]
    per_complaint : float
        Chasing a complaint. [currency]
    """

    needed_within: Duration = Duration(business_days=2)
    per_late_unit_day: PositiveMoney = 0.0
    per_lost_unit: PositiveMoney = 0.0
    per_returned_unit: PositiveMoney = 0.0
    per_defect_in_use: PositiveMoney = 0.0
    monitoring_per_review: PositiveMoney = 0.0
    per_machine_hour: PositiveMoney = 0.0
    storeroom_holding_share_per_year: Share = 0.0
    per_storeroom_order: PositiveMoney = 0.0
    per_complaint: PositiveMoney = 0.0


class CostTerms(Written):
    """What it costs both parties, beyond what they pay each other.

    Parameters
    ----------
    supplier : SupplierRates
        Cost rates of the supplier.
    buyer : BuyerRates
        Own losses of the buyer.
    """

    supplier: SupplierRates = SupplierRates()
    buyer: BuyerRates = BuyerRates()


class Term(NamedTuple):
    """The half-open span of time that costs are counted over [day]."""

    begin: float
    end: float

    @property
    def years(self) -> float:
        """Length of the term [year]."""
        return (self.end - self.begin) / DAYS_PER_YEAR

    def has(self, when: np.ndarray) -> np.ndarray:
        """Tell which instants lie within."""
        return (when >= self.begin) & (when < self.end)


CostFunction = Callable[[Ledger, SupplierPlan, CostTerms, Term], float]


@dataclass(frozen=True)
class CostLine:
    """A line of a party's costs."""

    name: str
    party: Party
    label: str
    source: str
    amount: CostFunction

    def said(self) -> str:
        """Return the label in the language spoken now."""
        return _(self.label)


COST_LINES: Catalogue[CostLine] = Catalogue("cost line")


def cost_line(party: Party, label: str, source: str) -> Callable[[CostFunction], CostFunction]:
    """File a function as a cost line under its own name, and return it unchanged."""

    def file(function: CostFunction) -> CostFunction:
        name = function.__name__
        COST_LINES.register(name)(CostLine(name, party, label, source, function))
        return function

    return file


def lines_of(party: Party) -> list[CostLine]:
    """Return the cost lines that a party bears."""
    return [line for line in COST_LINES.values() if line.party == party]


def costs(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> np.ndarray:
    """Return every cost line over a term, shape (n_cost_lines,), in catalogue order [currency]."""
    return np.array([line.amount(ledger, plan, terms, term) for line in COST_LINES.values()])


@cost_line("supplier", "purchase", "goods received from upstream at cost")
def purchase(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of what came in and stayed during the term, at its source's price [currency].

    What came short or went back upstream is not paid.
    """
    del plan, terms
    bought = ledger.replenishments
    arrived = term.has(bought.arrived)
    price = ledger.setting.upstream_prices[bought.item[arrived], bought.source[arrived]]
    return float(added(bought.received[arrived] * price))


@cost_line("supplier", "sourcing surcharges", "Moinzadeh and Schmidt (1991): emergency orders")
def sourcing_surcharges(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Surcharges of sources on what came in during the term, as for emergencies [currency]."""
    del plan, terms
    bought = ledger.replenishments
    if not ledger.setting.surcharges.any():
        return 0.0
    arrived = term.has(bought.arrived)
    return float(
        added(bought.received[arrived] * ledger.setting.surcharges[bought.source[arrived]])
    )


@cost_line("supplier", "stock drawn down", "opening stock less closing stock at its worth")
def stock_drawn_down(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of the opening stock less the worth of the closing stock [currency]; may be < 0.

    Stock is all that the supplier owns: on the shelf, on the way to the buyer, and on the way back.
    """
    del plan
    opening, closing = (added(_owned_at(ledger, when) * ledger.setting.costs) for when in term)
    return float(opening - terms.supplier.closing_stock_share * closing)


def _owned_at(ledger: Ledger, when: float) -> np.ndarray:
    """Return the units that the supplier owns just before an instant, by item [unit]."""
    if when <= 0:
        return ledger.closing.opening
    bought, deliveries, returns = ledger.replenishments, ledger.deliveries, ledger.returns
    outgoing, recalls = ledger.outgoing, ledger.recalls
    item, n_items = ledger.lines.item, len(ledger.closing)

    def sum_by_item(items: np.ndarray, units: np.ndarray, times: np.ndarray) -> np.ndarray:
        known = times < when
        return np.bincount(items[known], units[known], n_items)

    wrong = np.where(returns.reason == ReturnReason.WRONG, returns.units, 0)
    owned: np.ndarray = (
        ledger.closing.opening
        + sum_by_item(bought.item, bought.received - bought.defective, bought.arrived)
        - sum_by_item(outgoing.item, outgoing.defective, outgoing.inspected)
        - sum_by_item(recalls.item, recalls.units, recalls.recalled)
        - sum_by_item(item[deliveries.line], deliveries.units, deliveries.received)
        + sum_by_item(item[returns.line], wrong, returns.found)
    )
    return owned


@cost_line("supplier", "holding", "Silver, Pyke and Thomas (2017), ch. 1: carrying charge")
def holding(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Carrying charge on the stock over time [currency]."""
    del plan
    rate = terms.supplier.holding_share_per_year
    if not rate:
        return 0.0
    stock, n_items = ledger.stock, len(ledger.closing)
    days = level_days(stock.changed, stock.item, stock.on_hand, term, n_items)
    return float(rate / DAYS_PER_YEAR * added(days * ledger.setting.costs))


def level_days(
    changed: np.ndarray, key: np.ndarray, level: np.ndarray, term: Term, n_keys: int
) -> np.ndarray:
    """Return levels integrated over a term, by key, from the instants at which they change.

    Rows are in the order of time; `key` says whose level each row tells. [unit x day]
    """
    # Each change of level lasts until the end, so the integral needs no pairing of changes.
    # NumPy sorts small whole numbers by their digits, which is much faster.
    order = np.argsort(key.astype(np.uint16) if n_keys <= SMALL else key, kind="stable")
    key, level = key[order], level[order]
    change = level.copy()
    change[1:] -= np.where(key[1:] == key[:-1], level[:-1], 0)
    left = np.maximum(term.end - np.maximum(changed[order], term.begin), 0)
    return np.bincount(key, change * left, n_keys)


@cost_line("supplier", "ordering", "fixed cost of an order upstream")
def ordering(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of placing orders upstream [currency]."""
    del plan
    orders = np.count_nonzero(term.has(ledger.replenishments.ordered))
    return terms.supplier.per_replenishment * orders


@cost_line("supplier", "inspection", "goods-in inspection and checks before dispatch")
def inspection(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of inspecting incoming units and of checking order lines [currency]."""
    del plan
    units = ledger.replenishments.inspected[term.has(ledger.replenishments.arrived)].sum()
    lines = ledger.shipments.checked_lines[term.has(ledger.shipments.dispatched)].sum()
    rates = terms.supplier
    return float(rates.inspection_per_unit * units + rates.check_per_line * lines)


@cost_line("supplier", "outgoing inspection", "inspection of units before dispatch")
def outgoing_inspection(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of inspecting units as they leave the shelf [currency]."""
    del plan
    units = ledger.outgoing.units[term.has(ledger.outgoing.inspected)].sum()
    return float(terms.supplier.outgoing_inspection_per_unit * units)


@cost_line("supplier", "staff", "wages of pickers, whether they work or wait")
def staff(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Wages [currency]."""
    del ledger
    return (plan.pickers or 0) * terms.supplier.picker_per_year * term.years


@cost_line("supplier", "transport", "a fixed cost a shipment")
def transport(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of ordinary transport of all shipments [currency]."""
    del plan
    return terms.supplier.per_shipment * np.count_nonzero(term.has(ledger.shipments.dispatched))


@cost_line("supplier", "expediting", "surcharge of express shipments")
def expediting(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Surcharge of shipments that travelled by express [currency]."""
    del plan
    express = ledger.shipments.expedited & term.has(ledger.shipments.dispatched)
    return terms.supplier.express_surcharge * np.count_nonzero(express)


@cost_line("supplier", "returns", "taking units back")
def returns(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of taking back what the buyer rejects [currency]."""
    del plan
    units = ledger.returns.units[term.has(ledger.returns.found)].sum()
    return float(terms.supplier.per_returned_unit * units)


@cost_line("supplier", "plan", "systems and training of the plan")
def plan_cost(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of the plan beyond its levers' rates [currency]."""
    del ledger, terms
    return plan.yearly_cost * term.years


@cost_line("supplier", "investments", "one-off, less what the buyer bears")
def investments(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Supplier's part of what was invested when the term began [currency]."""
    del ledger, terms, term
    return paid_by_supplier(plan.investments.values())


@cost_line("buyer", "joint investments", "the buyer's part of one-off investments")
def joint_investments(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Buyer's part of what was invested when the term began [currency]."""
    del ledger, terms, term
    return paid_by_buyer(plan.investments.values())


@cost_line("buyer", "late units", "work that suffers while units are missing")
def late_units(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Loss from units that are missing after the buyer needs them [currency]."""
    del plan
    rate = terms.buyer.per_late_unit_day
    if not rate:
        return 0.0
    late = late_parts(ledger, terms.buyer.needed_within)
    days = np.clip(np.minimum(late.until, term.end) - np.maximum(late.since, term.begin), 0, None)
    return float(rate * added(days * late.units))


@cost_line("buyer", "lost units", "doing without, or buying elsewhere")
def lost_units(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Loss from units ordered in the term that were never delivered or replaced [currency]."""
    del plan
    lines = ledger.lines
    lost = (lines.cancelled + lines.refunded)[term.has(ledger.orders.placed[lines.order])]
    return float(terms.buyer.per_lost_unit * lost.sum())


@cost_line("buyer", "returns handling", "repacking, booking and chasing a returned unit")
def returns_handling(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of sending units back [currency]."""
    del plan
    units = ledger.returns.units[term.has(ledger.returns.found)].sum()
    return float(terms.buyer.per_returned_unit * units)


@cost_line("buyer", "defects in use", "work lost through a defective unit")
def defects_in_use(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Loss from defects that show only in use [currency]."""
    del plan
    found = ledger.returns
    in_use = (found.reason == ReturnReason.DEFECTIVE_IN_USE) & term.has(found.found)
    return float(terms.buyer.per_defect_in_use * found.units[in_use].sum())
