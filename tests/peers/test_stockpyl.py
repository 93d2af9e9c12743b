"""Costs of stock, against stockpyl: its exact values and its simulation period by period.

Not in an extra: stockpyl asks for Sphinx 4 and some thirty packages of documentation, none of which
it needs to compute. By hand: ``pip install --no-deps "stockpyl>=1,<2" jsonpickle tabulate
networkx``.
"""

import numpy as np
import pytest
from estimates import Estimate

pytest.importorskip(
    "stockpyl",
    reason="the peer stockpyl is not installed; it is in no extra, as it brings a whole Sphinx",
)


def charged(observed, *lines):
    return Estimate.of_mean(sum(observed.cost_per_day(line) for line in lines))


def test_reorder_point_and_quantity(ours):
    """(3, 5), Poisson, continuous review, exact; sees 3% of the cost."""
    from stockpyl.rq import r_q_cost_poisson

    exact = r_q_cost_poisson(
        3, 5, holding_cost=20, stockout_cost=150, fixed_cost=100, demand_mean=1.5, lead_time=2
    )
    observed = ours("reorder_point_quantity_costs", 30, "three_five")

    charged(observed, "ordering", "holding", "late_units").must_be(exact, not_=1.03 * exact)


@pytest.mark.slow
def test_order_up_to_every_day(ours, theirs):
    """Order up to 14 with a lead time, by its simulation; sees 10% of stock and of the cost.

    In a period of stockpyl the demand comes first and what is ordered then, with a lead time of 1,
    is there before the next demand; we order before the demand of a day, and a lead time of 0 does
    the same. So its 2 is our 1. It counts stock after the demand, and so do we in this scenario,
    where the demand comes a moment after midnight.
    """
    from stockpyl.sim import simulation
    from stockpyl.supply_chain_network import single_stage_system

    def replicate(seed):
        network = single_stage_system(
            demand_type="P",
            mean=5,
            policy_type="BS",
            base_stock_level=14,
            shipment_lead_time=2,
            holding_cost=1,
            stockout_cost=9,
        )
        simulation(network, 505, rand_seed=seed, progress_bar=False)
        (node,) = network.nodes
        levels = np.array([sum(s.inventory_level.values()) for s in node.state_vars[5:505]])
        on_hand, missing = np.maximum(levels, 0).mean(), np.maximum(-levels, 0).mean()
        return on_hand, on_hand + 9 * missing

    on_hand, cost = theirs(replicate, 40)
    observed = ours("order_up_to_costs", 60, "up_to_14")

    (charged(observed, "holding") - on_hand).must_be(0.0, not_=0.1 * on_hand.value)
    (charged(observed, "holding", "late_units") - cost).must_be(0.0, not_=0.1 * cost.value)
