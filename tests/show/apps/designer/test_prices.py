"""What the designer shows is what the library works out."""

import numpy as np
import pytest

from pbc_sim.decision import compare, negotiate
from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.scenario.vary import with_numbers
from pbc_sim.show.apps.designer.prices import Desk

NAMES = ["traditional", "pbc_2022", "mild_with_bonus", "milestones_30_50_20"]


@pytest.fixture(scope="module")
def comparison(desk, office):
    return compare(desk.outcomes.settle(office.contracts))


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_a_comparison(desk, office, comparison, name):
    priced, result = desk.price("draft", office.contracts[name]), comparison.results[name]

    assert priced.plan == result.plan
    assert priced.buyer_cost.mean == pytest.approx(result.amounts["buyer_cost"].mean)
    assert priced.buyer_cost.ci95 == pytest.approx(result.amounts["buyer_cost"].ci95)
    assert priced.supplier_profit.mean == pytest.approx(result.amounts["supplier_profit"].mean)
    assert priced.loss_probability == result.probabilities["supplier_loss"].estimate
    assert priced.over_budget == result.probabilities["over_budget"].estimate
    for kpi, found in result.kpis.items():
        assert priced.kpis[kpi].spread.mean == pytest.approx(found.mean)
        assert priced.kpis[kpi].missed == pytest.approx(found.breach_probability)


def test_the_zone_of_agreement_is_that_of_a_negotiation(desk, office):
    table = negotiate(desk.outcomes, office.contracts).table

    for name, row in table.iterrows():
        priced = desk.price("draft", office.contracts[name])
        assert priced.buyer_gain.mean == pytest.approx(row["buyer_gain"], abs=1e-3)
        assert priced.supplier_gain.mean == pytest.approx(row["supplier_gain"], abs=1e-3)
        assert priced.in_zone == row["in_zone"]


def test_a_supplier_that_walks_away_signs_nothing(desk, office):
    poor = with_numbers(office.contracts["pbc_2022"], {"payment.catalogue_price.factor": 0.7})

    priced = desk.price("draft", poor)

    assert desk.outcomes.settle({"draft": poor}).best_plan("draft") == WALKS_AWAY
    assert not priced.is_signed
    assert not priced.in_zone


def test_terms_that_were_not_simulated_are_known_to_be_unknown(desk, office):
    contract = office.contracts["pbc_2022"]
    dearer = with_numbers(contract, {"payment.catalogue_price.factor": 0.95})
    longer = with_numbers(contract, {"kpis.fulfilment.limit.business_days": 3.0})

    assert desk.knows(dearer)
    assert not desk.knows(longer)


def test_a_first_look_sees_the_first_futures(desk, office):
    few = desk.first(5)

    whole = desk.outcomes.settle(office.contracts).buyer_cost.values[:, :, :5]
    assert few.replications == 5
    assert np.array_equal(few.settle(office.contracts).buyer_cost.values, whole)


def test_without_anything_else_nobody_knows_what_the_buyer_gains(desk, office):
    alone = office.model_copy(
        update={"outside_option": {"supplier_profit": 1e12}, "baseline": "traditional"}
    )
    study = desk.outcomes.study.__class__(alone, *_rest(desk.outcomes.study))
    lonely = Desk(desk.outcomes.__class__(study, *_parts(desk.outcomes)))

    priced = lonely.price("draft", office.contracts["pbc_2022"])

    assert priced.buyer_gain is None
    assert not priced.in_zone


def _rest(study):
    return study.needs, study.seed, study.plans, study.engine


def _parts(outcomes):
    return outcomes.scores, outcomes.costs, outcomes.open_at_end, outcomes.due_later
