"""Questions are answered by the simulation, and can be asked of every shipped scenario."""

from pathlib import Path

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.outcomes import WALKS_AWAY
from pbc_sim.decision.workshop import (
    QUESTIONS,
    cases,
    debrief,
    prepare,
    questions_of,
    running_order,
)
from pbc_sim.decision.workshop.questions.doubled_deductions import doubled
from pbc_sim.language import speaking

SHIPPED = sorted(path.stem for path in Path("scenarios").glob("*.yaml"))


@pytest.fixture(scope="module", params=SHIPPED)
def studied(request):
    scenario = pbc.load_scenario(f"scenarios/{request.param}.yaml")
    return prepare(scenario, 12, workers=1)


@pytest.fixture(scope="module")
def office():
    scenario = pbc.load_scenario("scenarios/office_supplies.yaml")
    return prepare(scenario, 40, workers=1)


def asked(studied, name):
    return next(one for one in questions_of(studied) if one.name == name)


def test_every_scenario_has_questions_for_an_hour(studied):
    found = questions_of(studied)

    assert len(found) >= 5
    assert len({one.name for one in found}) == len(found)


def test_every_question_has_an_answer_that_is_judged_right_and_one_that_is_not(studied):
    for one in questions_of(studied):
        assert one.text.endswith("?"), one.name
        assert one.rows
        if one.number is None:
            assert set(one.right) <= set(one.options), one.name
            assert len(one.right) < len(one.options), one.name
            verdicts = {one.judge(option).right for option in one.options}
            assert verdicts == {True, False}, one.name
        else:
            assert one.judge(one.number.value).right
            assert not one.judge(one.number.value + 60).right
            low, high = one.number.ci95
            assert low <= one.number.value <= high


def test_every_question_is_asked_of_some_scenario(office):
    assert {one.name for one in questions_of(office)} == set(QUESTIONS)


def test_the_cheapest_contract_is_that_of_the_comparison(office):
    results = office.comparison.results
    costs = {n: r.amounts["buyer_cost"].mean for n, r in results.items() if r.amounts}

    assert min(costs, key=costs.get) in asked(office, "cheapest_contract").right


def test_the_plan_taken_is_the_best_response(office):
    question = asked(office, "plan_taken")
    profits = {row.label: row.value for row in question.rows}

    assert question.options[question.right[0]] == max(profits, key=profits.get)


def test_refused_contracts_are_those_that_the_supplier_walks_away_from(office):
    results = office.comparison.results
    refused = {name for name, result in results.items() if result.plan == WALKS_AWAY}

    assert set(asked(office, "refused_contract").right) == refused == {"harsh"}


def test_doubling_doubles_what_is_deducted_and_nothing_else(office):
    contract = office.scenario.contracts["pbc_2022"]
    harder = doubled(contract)

    assert harder.incentives[0].at_risk == 2 * contract.incentives[0].at_risk
    assert harder.incentives[3].per_day == 2 * contract.incentives[3].per_day
    assert harder.incentives[4].amount == 2 * contract.incentives[4].amount
    assert harder.limits == contract.limits
    assert harder.kpis == contract.kpis
    once, twice = (
        office.outcomes.settle({"c": c}).paid["deductions"].sel(plan="as_usual").values
        for c in (contract, harder)
    )
    assert (twice <= once).all()
    assert twice.sum() < once.sum()


def test_a_contract_without_deductions_has_nothing_to_double(office):
    assert doubled(office.scenario.contracts["traditional"]) is None


def test_the_doubled_answer_is_the_supplier_s_best_response(office):
    question = asked(office, "doubled_deductions")
    name = next(n for n in office.signed if doubled(office.scenario.contracts[n]) is not None)
    harder = doubled(office.scenario.contracts[name])

    assert question.right == (office.outcomes.settle({"x": harder}).best_plan("x"),)


def test_worst_is_worse_than_mean_and_best_is_better(studied):
    for case in cases(studied):
        if case.plan == WALKS_AWAY:
            assert np.isnan(case.mean)
        elif case.party == "buyer":
            assert case.best <= case.mean <= case.worst
        else:
            assert case.best >= case.mean >= case.worst


def test_script_and_debrief_speak_of_this_scenario(studied):
    steps, questions = running_order(studied, questions_of(studied)), debrief(studied)

    assert studied.scenario.title in steps[0].text
    assert sum(step.minutes for step in steps) <= 120
    assert len(questions) >= 4


def test_a_guess_that_is_none_is_refused(office):
    with pytest.raises(pbc.PbcError, match="choose an answer first"):
        asked(office, "cheapest_contract").judge("")
    with pytest.raises(pbc.PbcError, match="guess a percentage first"):
        asked(office, "supplier_loss").judge("")


def test_in_indonesian_no_sentence_stays_english(office):
    english = questions_of(office)
    with speaking("id"):
        indonesian = questions_of(office)
        script = running_order(office, indonesian)

    for one, other in zip(english, indonesian, strict=True):
        for part in ("text", "reveal", "why", "notes", "measured"):
            assert getattr(one, part) != getattr(other, part), (one.name, part)
    for step, other in zip(running_order(office, english), script, strict=True):
        assert step.text != other.text


@pytest.mark.parametrize("language", ["en", "id"])
def test_who_gains_is_said_against_the_contract_that_is_replaced(office, language):
    with speaking(language):
        one = asked(office, "free_lunch")
        old = office.contract(office.comparison.baseline)

    against = {"en": f"against '{old}'", "id": f"dibandingkan dengan '{old}'"}[language]
    assert against in one.measured
    assert against in one.why
