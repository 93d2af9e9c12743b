"""What do machines, storerooms and the service desk cost, line by line?

Lives here: cost lines of worlds with machines or service. May not live here: rates (`costs.py`),
payments between the parties (`contract/`).
To add a cost line: one function with `@cost_line`; nothing else changes but the rate it needs.
Costs are positive for whoever bears them. [currency]
"""

from __future__ import annotations

import numpy as np

from pbc_sim.operations.facts import CallKind
from pbc_sim.operations.ledger import Ledger
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.performance.costs import CostTerms, Term, cost_line, level_days
from pbc_sim.performance.machine_time import lost_output_spans
from pbc_sim.performance.measures import passed_within
from pbc_sim.performance.periods import DAYS_PER_YEAR

__all__: list[str] = []


def _part_days(ledger: Ledger, term: Term) -> np.ndarray:
    """Return parts on all shelves integrated over the term, by item [unit x day]."""
    levels, n_items = ledger.storeroom, len(ledger.closing)
    shelf = levels.unit * n_items + levels.item
    n_shelves = n_items * max(len(ledger.setting.unit_names), 1)
    days = level_days(levels.changed, shelf, levels.on_hand, term, n_shelves)
    by_item: np.ndarray = days.reshape(-1, n_items).sum(axis=0)
    return by_item


def _parts_at(ledger: Ledger, when: float) -> np.ndarray:
    """Return the parts on all shelves just before an instant, at the start the opening [unit]."""
    levels, n_items = ledger.storeroom, len(ledger.closing)
    if not len(levels):
        return np.zeros(n_items)
    on_hand = np.zeros((len(ledger.setting.unit_names), n_items))
    known = (levels.changed < when) | (levels.changed == 0)
    # The log is in time order, and of repeated indices NumPy keeps the last assignment.
    on_hand[levels.unit[known], levels.item[known]] = levels.on_hand[known]
    parts: np.ndarray = on_hand.sum(axis=0)
    return parts


@cost_line("supplier", "parts on consignment", "carrying charge on parts in the buyer's storerooms")
def consignment_holding(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Carrying charge on parts that are the supplier's until they are used [currency]."""
    del plan
    rate = terms.supplier.holding_share_per_year
    if not ledger.consignment or not rate:
        return 0.0
    return float(rate / DAYS_PER_YEAR * (_part_days(ledger, term) @ ledger.setting.costs))


@cost_line("supplier", "consigned parts drawn down", "opening less closing stock on consignment")
def consignment_drawn_down(
    ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term
) -> float:
    """Cost of the parts on consignment at the start less their worth at the end [currency]."""
    del plan
    if not ledger.consignment:
        return 0.0
    opening, closing = (_parts_at(ledger, when) @ ledger.setting.costs for when in term)
    return float(opening - terms.supplier.closing_stock_share * closing)


@cost_line("supplier", "service staff", "wages of desk staff and technicians, working or waiting")
def service_staff(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Wages [currency]."""
    del ledger
    rates = terms.supplier
    desk = (plan.desk_staff or 0) * rates.desk_staff_per_year
    return (desk + (plan.technicians or 0) * rates.technician_per_year) * term.years


@cost_line("supplier", "visits", "travel and material of technicians")
def visits(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of visits to machines, corrective and preventive [currency]."""
    del plan
    return terms.supplier.per_visit * np.count_nonzero(term.has(ledger.visits.begun))


@cost_line("buyer", "lost output", "machines that stand still or run slower")
def lost_output(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Loss from output that machines do not give while they are meant to run [currency]."""
    del plan
    rate = terms.buyer.per_machine_hour
    if not rate:
        return 0.0
    return float(rate * passed_within(lost_output_spans(ledger), *term))


@cost_line("buyer", "storeroom holding", "capital and space of the buyer's own parts")
def storeroom_holding(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Carrying charge on parts that the buyer owns [currency]."""
    del plan
    rate = terms.buyer.storeroom_holding_share_per_year
    if ledger.consignment or not rate:
        return 0.0
    return float(rate / DAYS_PER_YEAR * (_part_days(ledger, term) @ ledger.setting.prices))


@cost_line("buyer", "parts drawn down", "opening less closing stock of the buyer's own parts")
def storeroom_drawn_down(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Price of the parts in storerooms at the start less that at the end [currency]; may be < 0."""
    del plan, terms
    if ledger.consignment:
        return 0.0
    opening, closing = (_parts_at(ledger, when) @ ledger.setting.prices for when in term)
    return float(opening - closing)


@cost_line("buyer", "storeroom ordering", "orders of parts that are written by hand")
def storeroom_ordering(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of writing storerooms' orders, where no notice does it [currency]."""
    if plan.at_the_machines.low_stock_notice:
        return 0.0
    orders = ledger.orders.placed[ledger.orders.for_storeroom]
    return terms.buyer.per_storeroom_order * np.count_nonzero(term.has(orders))


@cost_line("buyer", "complaints", "writing to the supplier and waiting for its answer")
def complaint_handling(ledger: Ledger, plan: SupplierPlan, terms: CostTerms, term: Term) -> float:
    """Cost of complaining [currency]."""
    del plan
    complaints = ledger.calls.kind == CallKind.COMPLAINT
    return terms.buyer.per_complaint * np.count_nonzero(complaints & term.has(ledger.calls.opened))
