"""What does not fit together: refused at its line, in one sentence with a way out."""

import pytest
from stories import altered, is_one_sentence, marked_line, refusal

from pbc_sim.scenario import parse_scenario

SUPPLY = "  supply:\n    lead_time: {gamma: {mean: 5, cv: 0.5}}\n"
MACHINES = (
    "  machines:\n    groups:\n"
    "      press: {unit: north, count: 2, failures: {wear: {hours_to_failure: 900, part: paper}}}\n"
)
WITH_MACHINES = altered(SUPPLY, SUPPLY + MACHINES)
LEVEL = "    policy: {base_stock: {level: 40}}\n"
RETURNS = "      returns: {measure: return_rate, review: year, target: {below: 0.01}}\n"
TITLE = "    title: Plain\n"
KPI = "      up: {{measure: machine_availability, target: {{at_least: 0.9}}, machines: {}}}{}\n"


def story(old, new, good=WITH_MACHINES):
    assert good.count(old) == 1
    return good.replace(old, new)


#: What is wrong, the file, and what the message says beside the line.
DOES_NOT_FIT = {
    "parts that are lost": (
        story(LEVEL, LEVEL + "    stockout: lost_sale  #!\n"),
        (
            "plans.usual.stockout: a part whose sale is lost never comes, and the machine that it "
            "was ordered for would wait for ever; use backorder, or leave the parts out of "
            "world.machines."
        ),
    ),
    "parts of a storeroom that the catalogue has not": (
        story(
            LEVEL,
            LEVEL + "    storeroom:\n      policy: {base_stock: {level: 1}}\n"
            "      items:\n        papr: {base_stock: {level: 1}}  #!\n",
        ),
        (
            "plans.usual.storeroom.items.papr: unknown item 'papr'; known: paper. "
            "Did you mean 'paper'?"
        ),
    ),
    "a group of machines that there is not": (
        story(RETURNS, RETURNS + KPI.format("pres", "  #!")),
        (
            "contracts.plain.kpis.up.machines: unknown group of machines 'pres'; known: press. "
            "Did you mean 'press'?"
        ),
    ),
    "a group of machines where there are none": (
        altered(RETURNS, RETURNS + KPI.format("press", "  #!")),
        "names the machines 'press', and the world has none; add world.machines",
    ),
    "a plan that is not on the menu": (
        altered(TITLE, TITLE + "    admissible_plans: [usul]  #!\n"),
        (
            "contracts.plain.admissible_plans: unknown plan 'usul'; known: usual. "
            "Did you mean 'usual'?"
        ),
    ),
    "a contract that admits no plan": (
        altered(TITLE, TITLE + "    admissible_plans: []  #!\n"),
        "contracts.plain.admissible_plans: must not be empty; add one",
    ),
    "devices that drift at once": (
        altered(
            SUPPLY,
            SUPPLY + "  machines:\n    groups:\n      scale:\n        unit: north\n"
            "        count: 1\n        calibration: {drifts_after: 0, noticed_after: 0}  #!\n",
        ),
        "drifts_after must have a mean > 0 day, got 0 day",
    ),
}


@pytest.mark.parametrize("what", DOES_NOT_FIT)
def test_what_does_not_fit_is_refused_at_its_line(what):
    text, words = DOES_NOT_FIT[what]

    message = refusal(text)

    assert message.startswith(f"story.yaml:{marked_line(text)}: "), message
    assert words in message
    is_one_sentence(message)


def test_sales_may_be_lost_where_no_machine_needs_a_part():
    text = story(", part: paper", "").replace(LEVEL, LEVEL + "    stockout: lost_sale\n")

    plan = parse_scenario(text).plans["usual"]

    assert plan.stockout == "lost_sale"


def test_a_clause_about_a_group_is_read():
    parse_scenario(story(RETURNS, RETURNS + KPI.format("press", "")))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (LEVEL, LEVEL + "    preventive_every_days: 0.0001\n", "preventive visits"),
        ("hours_to_failure: 900", "hours_to_failure: 0.01", "failures"),
        (
            LEVEL,
            LEVEL + "    storeroom:\n      policy:\n        periodic_order_up_to:\n"
            "          {order_up_to_level: 2, review_days: 0.0001}\n",
            "stock reviews",
        ),
    ],
)
def test_too_many_events_of_service_are_refused_before_they_happen(old, new, what):
    message = refusal(story(old, new))

    assert what in message
    assert "more than 1e+06" in message
    is_one_sentence(message)
