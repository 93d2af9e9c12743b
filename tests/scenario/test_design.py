"""The section `design` of a scenario fits its contract, or says in one sentence what does not."""

import pytest

import pbc_sim as pbc
from pbc_sim.decision.designing import asked

SHIPPED = ("office_supplies", "pilot_office", "spare_parts", "medical_devices")

STORY = """\
title: One office
world:
  start: 2022-01-03
  horizon: {{months: 1}}
  demand: {{units: {{office: {{orders_per_business_day: 1}}}}}}
  items: {{paper: {{price: 10, cost: 6}}}}
  supply: {{lead_time: 2}}
plans: {{lean: {{policy: {{base_stock: {{level: 6}}}}}}}}
contracts:
  fined:
    title: Fined
    kpis: {{accuracy: {{measure: order_accuracy, target: {{at_least: 0.97}}}}}}
    ramp_in: {{periods: 0}}
design:
  contract: {contract}
  vary: {{{vary}}}
  wishes: {{{wishes}}}
"""
FITTING = {
    "contract": "fined",
    "vary": "payment.catalogue_price.factor: [0.9, 1]",
    "wishes": "risk: mean",
}


def read(**changed):
    return pbc.parse_scenario(STORY.format(**(FITTING | changed)), name="story.yaml")


def test_a_section_that_fits_is_what_the_search_asks():
    wished = "risk: cvar95, kpis: {accuracy: 0.9}"
    contract, vary, wishes = asked(read(wishes=wished))

    assert contract == "fined"
    assert dict(vary.ranges) == {"payment.catalogue_price.factor": (0.9, 1.0)}
    assert (wishes.risk, dict(wishes.kpis)) == ("cvar95", {"accuracy": 0.9})


def test_whole_numbers_of_a_list_stay_whole():
    _, vary, _ = asked(read(vary="ramp_in.periods: [0, 1, 2]"))

    contracts, numbers, refused = vary.contracts(vary.grid())
    assert not refused
    assert [found["ramp_in.periods"] for found in numbers.values()] == [0, 1, 2]
    assert [contract.ramp_in.periods for contract in contracts.values()] == [0, 1, 2]


@pytest.mark.parametrize(
    ("changed", "line", "message"),
    [
        ({"contract": "find"}, 15, "unknown contract 'find'"),
        ({"vary": "payment.catalogue_price.factr: [0.9, 1]"}, 16, "no number at 'payment.catal"),
        ({"vary": "payment.catalogue_price.factor: [1, 0.9]"}, 16, "must have low < high"),
        ({"vary": ""}, 16, "must"),
        ({"vary": "payment.catalogue_price.factor: []"}, 16, "must"),
        ({"vary": "payment.catalogue_price.factor: cheap"}, 16, "must"),
        ({"wishes": "kpis: {acuracy: 0.9}"}, 17, "unknown KPI of this contract 'acuracy'"),
        ({"wishes": "within_budget: 0.9"}, 17, "needs a budget; the scenario states none"),
        ({"wishes": "risk: small"}, 17, "must be"),
    ],
)
def test_what_does_not_fit_is_answered_with_its_line(changed, line, message):
    with pytest.raises(pbc.ScenarioError, match=message) as said:
        read(**changed)

    assert str(said.value).startswith(f"story.yaml:{line}: design")
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_say_what_may_vary(name, repository):
    scenario = pbc.load_scenario(repository / "scenarios" / f"{name}.yaml")
    contract, vary, _ = asked(scenario)

    assert contract == scenario.design.contract
    assert len(vary.ranges) >= 3
    back = pbc.parse_scenario(pbc.to_yaml(scenario))
    assert back.design == scenario.design
