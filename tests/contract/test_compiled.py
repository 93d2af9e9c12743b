"""The compiled settlement pays what the array code pays, to the last bit."""

import importlib.util
import sys

import numpy as np
import pytest
from agreed_terms import STORIES, agreed, told
from drawn import EXAMPLES, SEEDS, hold
from hypothesis import assume
from ruamel.yaml import YAML
from structured import groups, random_numbers

import pbc_sim as pbc
from pbc_sim.contract import Contract, settle
from pbc_sim.contract import settlement as settlement_module
from pbc_sim.contract.kernel.coverage import not_covered

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba, the extra `fast`, is not installed"
)
PLANS = ("lean", "careful")
#: More futures than lie side by side in a block, and not a multiple of them.
REPLICATIONS = 47


def _both_ways(contracts, scores):
    """Return what contracts are paid by the array code, and by the compiled settlement."""
    arrays = settle(contracts, scores, engine="arrays")
    return arrays, settle(contracts, scores, engine="compiled")


def _covered(contracts):
    return {name: c for name, c in contracts.items() if not_covered(c) is None}


@pytest.mark.parametrize("examples", EXAMPLES)
def test_same_is_paid_to_the_last_bit(examples, scores_of):
    @hold(examples, contracts=groups(modified=True), seed=SEEDS)
    def _(contracts, seed):
        contracts = _covered(contracts)
        assume(contracts)
        scores = scores_of(contracts, random_numbers(seed), plans=PLANS, replications=REPLICATIONS)

        arrays, compiled = _both_ways(contracts, scores)

        for name in arrays:
            np.testing.assert_array_equal(compiled[name], arrays[name], err_msg=name)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story_is_paid_alike(path, scores_of):
    story = YAML(typ="safe", pure=True).load(path)
    contract = Contract.model_validate(agreed(story))
    if not_covered(contract):
        pytest.skip(f"array code only: {not_covered(contract)}")
    contracts = {"story": contract}
    scores = scores_of(contracts, told(story, contract), months=contract.term.months)

    arrays, compiled = _both_ways(contracts, scores)

    for name in arrays:
        np.testing.assert_array_equal(compiled[name], arrays[name], err_msg=name)


@pytest.mark.parametrize("story", ["office_supplies", "pilot_office", "spare_parts"])
def test_contracts_of_a_shipped_scenario_are_covered(story, repository):
    scenario = pbc.load_scenario(repository / "scenarios" / f"{story}.yaml")

    assert len(_covered(scenario.contracts)) >= len(scenario.contracts) - 1


def test_batches_change_nothing(scores_of, monkeypatch):
    written = YAML(typ="safe", pure=True).load(
        STORIES[0].parent / "payment_curve_with_elbow_and_bonus.yaml"
    )
    contract = Contract.model_validate(agreed(written))
    terms = contract.model_dump()
    contracts = {
        f"value_{n}": Contract.model_validate(terms | {"value": 1000.0 + n}) for n in range(5)
    }
    scores = scores_of(contracts, random_numbers(3), plans=PLANS, replications=REPLICATIONS)
    _, whole = _both_ways(contracts, scores)

    monkeypatch.setattr(sys.modules[settlement_module.KERNEL], "PORTION", 1)
    arrays, parts = _both_ways(contracts, scores)

    for name in arrays:
        np.testing.assert_array_equal(parts[name], whole[name], err_msg=name)


def test_without_the_compiler_array_code_settles(scores_of, monkeypatch):
    monkeypatch.setattr(settlement_module, "find_spec", lambda _: None)
    fee = {"title": "fee", "payment": {"fixed_fee": {"per_period": 10.0}}}
    contracts = {"fee": Contract.model_validate(fee)}

    paid = settle(contracts, scores_of(contracts, random_numbers(1)), engine="compiled")

    assert not settlement_module.compile_settlement()
    assert paid["payments"].item() == 120.0
