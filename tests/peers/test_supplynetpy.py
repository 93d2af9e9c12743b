"""Stock, against SupplyNetPy: reorder point and quantity, continuous review, backorders.

SupplyNetPy is built on SimPy too, but shares no code with `pbc_sim`. Its average wait is over all
orders fulfilled, those served at once counting as nought, as our mean fulfilment time without
picking and transport. Its first customer comes at time 0, ours after a first gap: the warm-up
removes that. One unit an order, so that its rule of one Q a check and ours of as many Q as it takes
are the same, and constant lead times, so that nothing happens at the same instant by intent.
"""

import random

import pytest
import simpy
from estimates import Estimate

scm = pytest.importorskip(
    "SupplyNetPy.Components",
    reason="the peer SupplyNetPy is not installed; it is in the extra `peers`",
)


def shop(seed: int, policy, parameters, initial: int, rate: float, lead_time, warm_up: float):
    """Simulate a single site for 1000 days after the warm-up, and return its statistics."""
    luck = random.Random(seed)
    env = simpy.Environment()
    supplier = scm.Supplier(
        env=env, ID="S", name="supplier", node_type="infinite_supplier", logging=False
    )
    site = scm.InventoryNode(
        env=env,
        ID="D",
        name="site",
        node_type="warehouse",
        capacity=10_000,  # more than it can ever hold
        initial_level=initial,
        inventory_holding_cost=0.0,
        replenishment_policy=policy,
        policy_param=parameters,
        product_sell_price=1,
        product_buy_price=1,
        logging=False,
    )
    scm.Link(env=env, ID="L", source=supplier, sink=site, cost=0, lead_time=lambda: lead_time(luck))
    scm.Demand(
        env=env,
        ID="C",
        name="customers",
        order_arrival_model=lambda: luck.expovariate(rate),
        order_quantity_model=lambda: 1,
        demand_node=site,
        tolerance=float("inf"),  # they wait, however long
        logging=False,
    )
    env.run(until=warm_up)
    site.stats.reset()
    env.run(until=warm_up + 1_000)
    return site.stats


def figures(stats) -> tuple[float, ...]:
    """Return mean stock, fill rate, mean wait and orders upstream a day."""
    # What was asked for and what had to wait, in orders: of one unit each.
    filled = 1 - stats.waited[0] / stats.demand_received[0]
    a_day = stats.demand_placed[0] / stats.elapsed_time
    return stats.avg_inventory_level, filled, stats.avg_waiting_time, a_day


@pytest.mark.parametrize(
    ("replications", "seen"), [(15, 1.0), pytest.param(60, 0.5, marks=pytest.mark.slow)]
)
def test_reorder_point_and_quantity(ours, theirs, replications, seen):
    """(7, 10); sees 7% of the stock, 3 points of the fill rate, 70% of the wait, 7% of orders.

    With four times the replications it sees half of each.
    """

    def replicate(seed):
        return figures(
            shop(seed, scm.RQReplenishment, {"R": 7, "Q": 10}, 17, 2.0, lambda _: 3.0, 60)
        )

    stock, filled, wait, orders = theirs(replicate, replications)
    mine = ours("reorder_point_quantity", replications)

    (mine.kpi("on_hand") - stock).must_be(0.0, not_=0.07 * seen * stock.value)
    (mine.kpi("fill") - filled).must_be(0.0, not_=0.03 * seen)
    (mine.kpi("wait") - wait).must_be(0.0, not_=0.7 * seen * wait.value)
    a_day = Estimate.of_mean(mine.cost_per_day("ordering"))
    (a_day - orders).must_be(0.0, not_=0.07 * seen * orders.value)


@pytest.mark.slow
def test_base_stock_with_lead_times_that_cross(ours, theirs):
    """(S-1, S) as (s, S) with s = S - 1; sees 10% of the stock, 5 points of the fill rate."""

    def replicate(seed):
        return figures(
            shop(
                seed,
                scm.SSReplenishment,
                {"s": 7, "S": 8},
                8,
                2.0,
                lambda luck: luck.expovariate(1 / 3),
                60,
            )
        )

    stock, filled, wait, _ = theirs(replicate, 60)
    mine = ours("base_stock_exponential", 60)

    (mine.kpi("on_hand") - stock).must_be(0.0, not_=0.1 * stock.value)
    (mine.kpi("fill") - filled).must_be(0.0, not_=0.05)
    (mine.kpi("wait") - wait).must_be(0.0, not_=0.4 * wait.value)
