"""What a supplier does under textbook contracts: linear shares, penalties, lump sums, availability.

Unit models: profit is written down for each stock level or effort, over the quantiles of luck, and
the supplier takes what has the highest certainty equivalent, as `respond` does with plans.
"""

import numpy as np
import pytest
from scipy import optimize, stats

import pbc_sim as pbc
from pbc_sim.decision.answers import certainty_equivalent
from pbc_sim.scenario import SupplierType

LUCK = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)


def chosen(profit, choices, supplier=None):
    """Return the choice with the highest certainty equivalent, and that."""
    worth = [certainty_equivalent(profit(choice), supplier or SupplierType()) for choice in choices]
    return choices[int(np.argmax(worth))], max(worth)


@pytest.mark.parametrize(("k", "r", "var"), [(0.2, 0.1, 10), (1, 2, 0.5), (0.5, 0, 4), (1, 1, 1)])
def test_the_share_of_a_supplier_who_fears_risk(k, r, var):
    """Holmstrom and Milgrom (1987): 1 / (1 + k r var); sees a variance that is not halved."""
    supplier = SupplierType(risk_aversion=r)

    def joint(share):
        effort = share / k
        profit = share * (effort + np.sqrt(var) * LUCK) - k * effort**2 / 2
        return certainty_equivalent(profit, supplier) + (1 - share) * effort

    shares = np.linspace(0, 1, 201)
    best = shares[np.argmax([joint(share) for share in shares])]

    assert best == pytest.approx(1 / (1 + k * r * var), abs=0.006)


def test_linear_shares_equal_the_reference(reference):
    for case in reference("len_principal_agent")["expected"]["rows"]:
        beta = 1 / (1 + case["k"] * case["r"] * case["var"])
        supplier = SupplierType(risk_aversion=case["r"])

        def profit(effort, case=case, beta=beta):
            output = effort + np.sqrt(case["var"]) * LUCK
            return beta * output - case["k"] * effort**2 / 2

        effort, worth = chosen(profit, np.linspace(0, 5, 2001), supplier)
        total = worth + (1 - beta) * effort

        assert beta == pytest.approx(case["beta"])
        assert effort == pytest.approx(case["effort"], abs=0.003)
        # Quantiles of luck lack a little of its variance.
        assert total == pytest.approx(case["certainty_equiv_total"], abs=0.001)
        assert case["first_best_total"] - total == pytest.approx(case["agency_loss"], abs=0.001)


PRICE, COST, WHOLESALE, MEAN, SD = 5.0, 2.0, 3.0, 100.0, 30.0
STOCKS = np.arange(60, 140, 0.1)


def newsvendor(penalty):
    """Return the profit of a supplier by its stock, with what it pays for shortages."""
    demand = MEAN + SD * LUCK
    return lambda stock: (
        WHOLESALE * np.minimum(stock, demand) - COST * stock - penalty(demand - stock)
    )


def channel_stock():
    """Return the stock that is best for both together."""
    return MEAN + SD * stats.norm.ppf((PRICE - COST) / PRICE)


def test_a_supplier_who_pays_for_each_unit_short_keeps_what_is_best_for_both():
    """Sieke, Seifert and Thonemann (2012); sees a twentieth of the penalty."""
    for share, is_best in ((0.0, False), (0.95, False), (1.0, True)):
        fine = share * (PRICE - WHOLESALE)
        stock, _ = chosen(newsvendor(lambda short, f=fine: f * np.maximum(short, 0)), STOCKS)

        assert (abs(stock - channel_stock()) < 0.15) == is_best


def test_a_flat_penalty_coordinates_too_and_leaves_the_supplier_less(reference):
    case = reference("coordination_flat_vs_unit_penalty")["expected"]
    per_unit = newsvendor(lambda short: case["p_star"] * np.maximum(short, 0))
    flat = newsvendor(lambda short: case["K_star"] * (short > 0))

    none, of_none = chosen(newsvendor(lambda short: 0.0), STOCKS)
    unit, of_unit = chosen(per_unit, STOCKS)
    lump, of_flat = chosen(flat, STOCKS)

    assert channel_stock() == pytest.approx(case["S_channel"])
    assert none == pytest.approx(case["S_no_penalty"], abs=0.11)
    assert unit == pytest.approx(case["S_unit"], abs=0.11)
    # A step on quantiles of luck is flat between two of them.
    assert lump == pytest.approx(case["S_flat"], abs=0.5)
    assert of_none == pytest.approx(case["supplier_profit_none"], abs=0.01)
    assert of_unit == pytest.approx(case["supplier_profit_unit"], abs=0.01)
    assert of_flat == pytest.approx(case["supplier_profit_flat"], abs=0.05)


def test_two_suppliers_share_the_backorders_that_availability_allows(reference):
    """Kim, Cohen and Netessine (2007): the least stock with two expected backorders each."""

    def backorders(stock):
        z = (stock - 10) / np.sqrt(10)
        return np.sqrt(10) * (stats.norm.pdf(z) - z * stats.norm.sf(z))

    stock = optimize.brentq(lambda s: backorders(s) - 4 / 2, 0, 20)
    by_luck = np.maximum(10 + np.sqrt(10) * LUCK - stock, 0).mean()

    assert stock == pytest.approx(8.725, abs=5e-4)
    assert stock == pytest.approx(reference("kcn2007_first_best")["expected"]["s_FB"])
    assert by_luck == pytest.approx(2.0, abs=1e-3)


def of_days(level, days):
    """Return chance, units left and whether 95% was missed, of all (filled, demanded) in so many
    days of Poisson(10) demand that begin with a full shelf."""
    chance = stats.poisson(10).pmf(np.arange(34))
    one = np.zeros((34, 34))
    one[np.minimum(np.arange(34), level), np.arange(34)] = chance / chance.sum()
    size = 34 * days
    joint = np.fft.irfft2(np.fft.rfft2(one, (size, size)) ** days, (size, size)).ravel()
    filled, demand = (part.ravel() for part in np.indices((size, size)))
    share = np.divide(filled, demand, out=np.ones(size**2), where=demand > 0)
    return joint, days * level - filled, share < 0.95 - 1e-12


@pytest.mark.parametrize("days", [1, 4, 8])
def test_the_best_level_under_a_lump_sum_is_that_of_the_exact_law(days, reference):
    """Thomas (2005): a lump sum over 1, 4 and 8 days; sees a unit of stock, and a day."""
    rows = reference("sla_best_response_lump")["expected"]["rows"]
    rows = [row for row in rows if row["T"] == days]
    assert len(rows) == 3
    laws = {level: of_days(level, days) for level in range(8, 21)}
    for row in rows:
        cost = {
            level: float(chance @ (left + row["lump_sum"] * missed))
            for level, (chance, left, missed) in laws.items()
        }
        best = min(cost, key=cost.get)
        chance, left, missed = laws[best]
        assert best == row["S_star"]
        assert cost[best] == pytest.approx(row["supplier_cost"], rel=1e-6)
        assert chance @ left == pytest.approx(row["holding"], rel=1e-6)
        assert 1 - chance @ missed == pytest.approx(row["P_meet_target"], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("days", "replications"), [(1, 6000), (4, 1500), (8, 1500)])
def test_a_simulated_supplier_answers_a_lump_sum_as_the_exact_one(
    days, replications, textbook, reference
):
    """Thomas (2005), on simulated futures: the best level rises with the lump sum.

    The mean cost at the best level must be the exact one, so that a day more is seen; no level may
    be better, and those three units away are worse.
    """
    told = textbook("lump_sum_over_four_days")
    levels, rows = range(8, 20), reference("sla_best_response_lump")["expected"]["rows"]
    rows = {row["lump_sum"]: row for row in rows if row["T"] == days}
    # What is bought is paid at cost, so that the supplier bears holding and the lump sum alone.
    world = told.world.model_dump() | {"horizon": {"days": days}}
    world["items"]["part"]["price"] = world["items"]["part"]["cost"]
    terms = told.contracts["measured"].model_dump() | {"payment": {"catalogue_price": {}}}
    contracts = {
        f"lump_{lump}": terms | {"incentives": [{"lump_sum": {"kpi": "fill", "if_missed": -lump}}]}
        for lump in rows
    }
    policy = {
        level: {"periodic_order_up_to": {"order_up_to_level": level, "review_days": 1}}
        for level in levels
    }
    scenario = pbc.Scenario.model_validate(
        told.model_dump()
        | {"world": world, "contracts": contracts}
        | {"plans": {f"up_to_{level}": {"policy": policy[level]} for level in levels}}
    )
    prices = pbc.run(scenario, replications, seed=20, workers=1, progress=False).settle()

    for lump, row in rows.items():
        profit = prices.supplier_profit.sel(contract=f"lump_{lump}")
        at_best = profit.sel(plan=f"up_to_{row['S_star']}")
        error = float(at_best.std(ddof=1)) / np.sqrt(replications)
        assert float(-at_best.mean()) == pytest.approx(row["supplier_cost"], abs=4 * error)
        worse = (at_best - profit).mean("replication")
        errors = (profit - at_best).std("replication", ddof=1) / np.sqrt(replications)
        assert (worse >= -4 * errors).all()
        away = [f"up_to_{level}" for level in levels if abs(level - row["S_star"]) >= 3]
        assert (worse > 4 * errors).sel(plan=away).all()
