"""A draft goes forward and back, and a candidate stays as it was kept."""

import pytest

from pbc_sim.errors import PbcError
from pbc_sim.show.apps.designer.draft import DRAFT, Draft

FACTOR = ("payment", "catalogue_price", "factor")
TARGET = ("kpis", "accuracy", "target", "at_least")


@pytest.fixture
def draft(office):
    return Draft(office.contracts["pbc_2022"])


def factor(draft):
    return draft.contract.payment.factor


def test_all_moves_of_one_slider_are_one_step_back(draft):
    for value in (0.9, 0.91, 0.92):
        draft.change(FACTOR, value)
    draft.change(TARGET, 0.98)

    draft.undo()
    after_one = factor(draft)
    draft.undo()

    assert (after_one, factor(draft)) == (0.92, 0.89)
    assert not draft.can_undo


def test_what_was_taken_back_comes_again(draft):
    draft.change(FACTOR, 0.95)
    draft.undo()

    assert draft.redo()
    assert factor(draft) == 0.95
    assert not draft.redo()


def test_a_new_change_forgets_what_was_taken_back(draft):
    draft.change(FACTOR, 0.95)
    draft.undo()
    draft.change(TARGET, 0.98)

    assert not draft.can_redo


def test_a_contract_that_breaks_a_rule_leaves_the_draft_as_it_was(draft):
    before = draft.contract

    with pytest.raises(PbcError, match="must lie within 0 and 1"):
        draft.change(TARGET, 1.5)

    assert draft.contract is before
    assert not draft.can_undo


def test_a_candidate_stays_as_it_was_kept(draft, office):
    name = draft.keep_as_candidate()
    draft.change(FACTOR, 0.95)
    other = draft.keep_as_candidate()

    saved = draft.scenario_with(office)

    assert (name, other) == ("candidate_1", "candidate_2")
    assert saved.contracts["candidate_1"] == office.contracts["pbc_2022"]
    assert saved.contracts[DRAFT] == draft.contract
    assert set(office.contracts) < set(saved.contracts)


def test_going_back_to_a_contract_is_a_step_that_can_be_taken_back(draft, office):
    draft.go_back_to("harsh", office)
    draft.undo()

    assert draft.contract == office.contracts["pbc_2022"]
    with pytest.raises(PbcError, match="no contract 'hars'"):
        draft.go_back_to("hars", office)
