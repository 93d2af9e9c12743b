"""Every contract has fields, and each field writes what it shows."""

import pytest

from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import words_for
from pbc_sim.scenario import load_scenario
from pbc_sim.show.apps.designer.draft import written_terms
from pbc_sim.show.apps.designer.fields import groups_of, put


def fields_of(contract, currency="IDR", language="en"):
    groups = groups_of(contract, words_for(contract, language, currency))
    return {field.control.key: field for group in groups for field in group.fields}


def scenario_paths(repository):
    return sorted((repository / "scenarios").rglob("*.yaml"))


def test_a_field_that_is_not_changed_changes_no_shipped_contract(repository):
    changed = []
    for path in scenario_paths(repository):
        scenario = load_scenario(path)
        for name, contract in scenario.contracts.items():
            terms = written_terms(contract)
            for key, field in fields_of(contract, scenario.currency).items():
                if key == "payment" or field.value in (None, ""):
                    continue
                again = put(terms, field.steps, field.written(field.value))
                if Contract.model_validate(again).model_dump() != contract.model_dump():
                    changed.append((path.name, name, key))

    assert changed == []


def test_every_number_that_was_written_has_its_field(office):
    contract = office.contracts["pbc_2022"]
    fields = fields_of(contract)

    assert {
        "payment.catalogue_price.factor",
        "kpis.fulfilment.target.at_least",
        "kpis.fulfilment.limit.business_days",
        "kpis.returns.review",
        "incentives.0.payment_curve.at_risk",
        "incentives.3.late_fee.per_day",
        "incentives.4.per_event.amount",
        "limits.deductions.0.share",
        "gate.no_bonus_below.accuracy",
        "ramp_in.periods",
        "term.review",
        "value",
    } <= set(fields)


@pytest.mark.parametrize(
    ("key", "shown", "unit", "written"),
    [
        ("kpis.fulfilment.target.at_least", 95.1, "%", 0.951),  # and not 0.9509999999999999
        ("kpis.returns.target.below", 0.5, "%", 0.005),  # a ratio without a largest value
        ("payment.catalogue_price.factor", 0.9, "×", 0.9),
        ("incentives.3.late_fee.per_day", 0.2, "% a day", 0.002),
        ("incentives.4.per_event.amount", -7000, "IDR", -7000),
        ("ramp_in.periods", 2.0, "", 2),  # a whole number
        ("incentives.3.late_fee.cap", None, "%", None),  # no cap
    ],
)
def test_a_field_shows_the_unit_that_people_use(office, key, shown, unit, written):
    field = fields_of(office.contracts["pbc_2022"])[key]

    assert field.control.unit == unit
    assert field.written(shown) == written


def test_a_slider_holds_its_value(repository):
    outside = []
    for path in scenario_paths(repository):
        scenario = load_scenario(path)
        for contract in scenario.contracts.values():
            for key, field in fields_of(contract, scenario.currency).items():
                control = field.control
                if control.low is not None and not control.low <= field.value <= control.high:
                    outside.append((path.name, key, field.value, control.low, control.high))

    assert outside == []


def test_what_was_written_stands_before_what_was_not(office):
    contract = office.contracts["pbc_2022"]
    groups = groups_of(contract, words_for(contract, "en", "IDR"))

    for group in groups:
        folded = [field.control.more for field in group.fields]
        assert folded == sorted(folded), group.key


def test_a_group_that_may_go_can_be_taken_away(office):
    contract = office.contracts["harsh"]
    groups = {g.key: g for g in groups_of(contract, words_for(contract, "en", "IDR"))}

    without = Contract.model_validate(
        put(written_terms(contract), groups["incentives.1"].steps, None)
    )

    assert [type(i).__name__ for i in without.incentives] == ["StepTiers", "PerPoint", "LateFee"]
    assert groups["payment"].steps == ()


def test_a_point_of_a_curve_moves_in_both_directions(office):
    contract = office.contracts["pbc_2022"]
    fields = fields_of(contract)
    at, earned = (
        fields[f"incentives.0.payment_curve.points.({part!r}, 1)"] for part in ("key", "value")
    )

    terms = put(written_terms(contract), at.steps, at.written(91.0))
    terms = put(terms, earned.steps, earned.written(60.0))

    points = Contract.model_validate(terms).incentives[0].points
    assert dict(points) == {0.75: 0.0, 0.91: 0.6, 0.95: 1.0, 1.0: 1.05}


@pytest.mark.parametrize(
    ("factor", "ends"), [(0.89, (0.5, 1.78)), (0.6, (0.5, 1.5)), (8, (0.5, 10))]
)
def test_the_slider_of_a_price_moves_in_small_steps_around_one(office, factor, ends):
    payment = {"payment": {"catalogue_price": {"factor": factor}}}
    contract = Contract.model_validate(written_terms(office.contracts["pbc_2022"]) | payment)
    control = fields_of(contract)["payment.catalogue_price.factor"].control

    assert (control.low, control.high, control.step) == (*ends, 0.005)
