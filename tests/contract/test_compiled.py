"""The compiled settlement pays what the array code pays, to the last bit."""

import importlib.util
import sys
from dataclasses import replace

import numpy as np
import pytest
from agreed_terms import STORIES, agreed, told
from drawn import EXAMPLES, SEEDS, hold
from hypothesis import assume
from hypothesis import strategies as st
from ruamel.yaml import YAML
from structured import groups, random_numbers

import pbc_sim as pbc
from pbc_sim.contract import Contract, settle
from pbc_sim.contract import settlement as settlement_module
from pbc_sim.contract.kernel import facts as facts_module
from pbc_sim.contract.kernel.coverage import not_covered
from pbc_sim.contract.terms import needs_of
from pbc_sim.errors import PbcError

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba, the extra `fast`, is not installed"
)
PLANS = ("lean", "careful")
#: More futures than lie side by side in a block, and not a multiple of them.
REPLICATIONS = 147


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


@pytest.mark.parametrize(
    "story", ["office_supplies", "pilot_office", "spare_parts", "medical_devices"]
)
def test_contracts_of_a_shipped_scenario_are_covered(story, repository):
    scenario = pbc.load_scenario(repository / "scenarios" / f"{story}.yaml")

    assert {name: not_covered(c) for name, c in scenario.contracts.items()} == dict.fromkeys(
        scenario.contracts
    )


@pytest.mark.parametrize("examples", EXAMPLES)
def test_changed_clause_is_settled_as_if_everything_were_new(examples, scores_of):
    """Facts are laid out once for all contracts that read the same, as when a slider moves."""

    @hold(examples, contracts=groups(modified=True), luck=st.randoms(use_true_random=False))
    def _(contracts, luck):
        contracts = _covered(contracts)
        assume(contracts)
        base = contracts[luck.choice(sorted(contracts))]
        changed = _with_another_number(base, luck)
        assume(changed is not None)
        # A limit changes the measure itself, for which the futures are simulated again.
        assume(needs_of({"c": changed}) == needs_of({"c": base}))
        scores = scores_of({"c": base}, random_numbers(5), plans=PLANS, replications=REPLICATIONS)
        settle({"c": base}, scores, engine="compiled")
        kept = dict(scores.derived)

        again = settle({"c": changed}, scores, engine="compiled")
        anew = settle({"c": changed}, replace(scores), engine="compiled")

        assert [scores.derived[asked] is blocks for asked, blocks in kept.items()] == [True]
        for name in anew:
            np.testing.assert_array_equal(again[name], anew[name], err_msg=name)


def _with_another_number(contract, luck):
    """Return a contract with one number of one clause changed, None if that breaks a rule."""
    terms = contract.model_dump(exclude_unset=True)
    numbers = [
        (place, key)
        for place, key in _numbers_of(terms)
        if key not in ("periods", "from_period", "rolling", "min_sample")
    ]
    if not numbers:
        return None
    place, key = luck.choice(numbers)
    place[key] = place[key] * luck.choice([0.5, 0.75, 0.9])
    try:
        return Contract.model_validate(terms)
    except PbcError:
        return None


def _numbers_of(section):
    """Yield each place in written terms that holds a number."""
    items = section.items() if isinstance(section, dict) else enumerate(section)
    for key, value in list(items):
        if isinstance(value, (dict, list)):
            yield from _numbers_of(value)
        elif isinstance(value, float):
            yield section, key


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_numbers_are_the_same_for_any_number_of_threads(threads, scores_of, monkeypatch):
    contracts = _contracts_of_some_values()
    scores = scores_of(contracts, random_numbers(3), plans=PLANS, replications=REPLICATIONS)
    monkeypatch.setattr(sys.modules[settlement_module.KERNEL], "PORTION", 1)
    arrays = settle(contracts, scores, engine="arrays")

    compiled = settle(contracts, scores, engine="compiled", threads=threads)

    for name in arrays:
        np.testing.assert_array_equal(compiled[name], arrays[name], err_msg=name)


def test_facts_are_kept_only_as_far_as_there_is_room(scores_of, monkeypatch):
    contracts = _contracts_of_some_values()
    scores = scores_of(contracts, random_numbers(3), plans=PLANS, replications=REPLICATIONS)
    whole = settle(contracts, scores, engine="compiled")
    scores.derived.clear()

    monkeypatch.setattr(facts_module, "MOST_KEPT", 100)
    unkept = settle(contracts, scores, engine="compiled")

    assert not scores.derived
    for name in whole:
        np.testing.assert_array_equal(unkept[name], whole[name], err_msg=name)


def _contracts_of_some_values():
    written = YAML(typ="safe", pure=True).load(
        STORIES[0].parent / "payment_curve_with_elbow_and_bonus.yaml"
    )
    terms = Contract.model_validate(agreed(written)).model_dump()
    return {f"value_{n}": Contract.model_validate(terms | {"value": 1000.0 + n}) for n in range(5)}


def test_without_the_compiler_array_code_settles(scores_of, monkeypatch):
    monkeypatch.setattr(settlement_module, "find_spec", lambda _: None)
    fee = {"title": "fee", "payment": {"fixed_fee": {"per_period": 10.0}}}
    contracts = {"fee": Contract.model_validate(fee)}

    paid = settle(contracts, scores_of(contracts, random_numbers(1)), engine="compiled")

    assert not settlement_module.compile_settlement()
    assert paid["payments"].item() == 120.0
