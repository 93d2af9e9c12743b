"""Plans are made from levers, and the best answer to a contract is sought among them."""

import numpy as np
import pytest

import pbc_sim as pbc

LEVEL, CHECK = "policy.base_stock.level.units", "pick_check"


@pytest.fixture(scope="module")
def menu(small):
    levers = {LEVEL: [4, 12, 20], CHECK: [0, 1]}
    return pbc.plan_menu(small, "lean", levers, replications=20, seed=3, workers=1)


def test_a_grid_has_every_combination_and_leaves_the_rest(small):
    plans = pbc.plan_grid(small.plans["rich"], {LEVEL: [4, 20], CHECK: [0, 0.5, 1]})

    assert len(plans) == 6
    assert plans["units-4_check-0.5"].policy.level.units == 4
    assert plans["units-4_check-0.5"].pick_check == 0.5
    assert {plan.yearly_cost for plan in plans.values()} == {500}
    same = plans["units-20_check-1"].model_copy(update={"label": ""})
    assert same == small.plans["rich"]


def test_what_a_plan_leaves_empty_may_be_a_lever(small):
    plan = small.plans["lean"].model_copy(update={"pickers": None})

    assert pbc.plan_grid(plan, {"pickers": [1, 2]})["pickers-2"].pickers == 2


def test_refining_tries_half_way_to_the_neighbours_of_the_best_answer(menu):
    grid, first = (menu.table[menu.table["round"] == n] for n in (0, 1))

    assert len(grid) == 6
    tried = {(row[LEVEL], row[CHECK]) for _, row in first.iterrows()}
    for contract in ("plain", "fined"):
        best = grid.loc[grid[contract].idxmax()]
        near = [v for v in (4, 12, 20) if abs(v - best[LEVEL]) == 8]
        for level in (best[LEVEL], *((best[LEVEL] + v) / 2 for v in near)):
            for check in (best[CHECK], 0.5):
                assert (level, check) in tried or (level, check) == (best[LEVEL], best[CHECK])
    assert all(float(level).is_integer() for level in menu.table[LEVEL])


def test_the_best_answer_is_that_of_a_run_of_the_whole_menu(menu, small):
    prices = pbc.run(menu.scenario, 20, seed=3, workers=1, progress=False).settle(small.contracts)

    for contract, plan in menu.best.items():
        assert prices.best_plan(contract) == plan
        profit = float(prices.expected_profit.sel(contract=contract, plan=plan))
        assert menu.table.loc[plan, contract] == pytest.approx(profit)
    assert (menu.gain >= 0).all()
    assert (menu.gain > 0).any()
    assert menu.best["fined"] in str(menu)


def test_nobody_signs_what_no_setting_makes_worth_while(small):
    cheap = {
        "cheap": small.contracts["plain"].model_copy(
            update={"payment": {"catalogue_price": {"factor": 0.1}}}
        )
    }

    menu = pbc.plan_menu(
        small, "lean", {CHECK: [0, 1]}, contracts=cheap, rounds=0, replications=5, workers=1
    )

    assert menu.best == {"cheap": "walks away"}
    assert "walks away" in str(menu)
    assert np.all(menu.table["cheap"] < 0)


@pytest.mark.parametrize(
    ("levers", "message"),
    [
        ({}, "no lever is named; name some of "),
        ({"pick_chek": [0, 1]}, "unknown lever of this plan 'pick_chek'.*'pick_check'"),
        ({CHECK: []}, "lever 'pick_check' needs values to try"),
        ({CHECK: [0, 2]}, "pick_check"),
        ({LEVEL: [1.5]}, "units"),
    ],
)
def test_a_lever_that_does_not_fit_is_answered_in_one_sentence(small, levers, message):
    with pytest.raises(pbc.PbcError, match=message) as said:
        pbc.plan_menu(small, "lean", levers, replications=2, workers=1)
    assert "\n" not in str(said.value)
