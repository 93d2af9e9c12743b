"""What checks find in contracts with one flaw each, and that they are silent without it."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.contract import Contract
from pbc_sim.decision.checks import CHECKS, Case, check_contracts
from pbc_sim.errors import PbcError
from pbc_sim.scenario import Scenario

ACCURACY = {"measure": "order_accuracy", "target": {"at_least": 0.95}}
IN_TIME = {"measure": "on_time_share", "limit": {"business_days": 1}, "target": {"at_least": 0.7}}
LUMP = {"lump_sum": {"kpi": "right", "if_missed": -50}}
#: Reviews of about a hundred lines, so that a target has a fine grain.
LONG = {"review": "quarter"}


def contract(kpis=None, incentives=(LUMP,), **more):
    terms = {"title": "One", "kpis": {"right": ACCURACY} if kpis is None else kpis}
    return Contract.model_validate(terms | {"incentives": list(incentives)} | more)


def right(**more):
    return {"right": ACCURACY | more}


CURVE = {"kpi": "right", "at_risk": 0.1}
EARNED_BACK = {"after": 2, "share": 0.5}
TWO = (LUMP, {"lump_sum": {"kpi": "second", "if_missed": -50}})
CASES = [
    # Nobody is always right; checks find at most 98 of 100 errors.
    ("achievable", contract(right(target={"at_least": 1.0}, review="year")), "out of reach"),
    ("achievable", contract(right(target={"at_least": 0.5})), "asks for nothing"),
    # No machine runs here.
    (
        "measurable",
        contract({"up": {"measure": "machine_availability", "target": {"at_least": 0.9}}}, ()),
        "no review has enough facts",
    ),
    ("measurable", contract(right(min_sample=45)), "too few facts and count as met"),
    # Only lateness costs the buyer anything, and checks make the careful plan slow.
    ("relevant", contract(), "loses more where 'Order accuracy' is better"),
    ("time_bound", contract(right(review="term")), "measured once"),
    (
        "time_bound",
        contract(right(), term={"months": 10, "review": "quarter"}),
        "its last review has",
    ),
    ("specific", contract(incentives=()), "nothing depends on"),
    # In time and in full is in time, and more.
    (
        "overlapping",
        contract({"right": IN_TIME, "second": IN_TIME | {"measure": "on_time_in_full"}}, TWO),
        "fail together",
    ),
    # About forty lines a month: 95% and 97% are one clause.
    ("sample_size", contract(), "is the same"),
    (
        "jumps",
        contract(incentives=[{"payment_curve": CURVE | {"points": {0.949: 0, 0.95: 1}}}]),
        "moves 100% of what is at risk",
    ),
    ("idle", contract(right(target={"at_least": 0.1})), "pays and takes nothing"),
    ("idle", contract(limits={"deductions": {"amount": 1}}), "the cap holds in"),
    ("ruinous", contract(incentives=[{"lump_sum": {"kpi": "right", "if_missed": -1e6}}]), "exceed"),
    (
        "perverse",
        contract(
            incentives=[{"lump_sum": {"kpi": "right", "if_missed": 50, "rewards_worse": True}}]
        ),
        "declared to pay more for worse work",
    ),
    (
        "perverse",
        contract(
            incentives=[{"lump_sum": {"kpi": "right", "if_missed": 50, "rewards_worse": True}}]
        ),
        "whose every KPI is better",
    ),
    (
        "perverse",
        contract(
            incentives=[
                {"lump_sum": {"kpi": "right", "if_missed": -50, "earn_back": EARNED_BACK}},
                {"payment_curve": CURVE | {"points": {0: 0, 0.95: 1}}},
            ],
            limits={"deductions": {"amount": 100, "per": "period"}},
        ),
        "goes to a mechanism that pays back less",
    ),
    ("ties", contract(right(target={"at_least": 0.95}, dead_band=0)), None),
    ("repeated", contract(incentives=[LUMP, LUMP]), "paid or charged twice"),
    ("unprofitable", contract(payment={"catalogue_price": {"factor": 0.1}}), "outside option"),
    (
        "unprofitable",
        contract(incentives=[{"lump_sum": {"kpi": "right", "if_missed": -1e6, "if_met": -1e6}}]),
        "without any deduction",
    ),
    # Most months lie where the lump sum is lost, however bad the rest of them is.
    (
        "unrewarded",
        contract(right(target={"at_least": 0.99})),
        "the target is missed and better work pays nothing more",
    ),
    (
        "unrewarded",
        contract(
            incentives=[
                {"payment_curve": CURVE | {"points": {0.5: 1, 0.9: 0}, "rewards_worse": True}}
            ]
        ),
        "better work is paid",
    ),
]

#: The same contracts without the flaw.
SOUND = [
    ("achievable", contract()),
    ("measurable", contract()),
    ("relevant", contract({"right": IN_TIME})),
    ("time_bound", contract()),
    ("specific", contract()),
    ("overlapping", contract({"right": IN_TIME, "second": ACCURACY}, TWO)),
    ("sample_size", contract(right(review="year"))),
    # A curve has no threshold.
    (
        "sample_size",
        contract(incentives=[{"payment_curve": CURVE | {"points": {0.5: 0, 0.95: 1}}}]),
    ),
    ("jumps", contract(incentives=[{"payment_curve": CURVE | {"points": {0.7: 0, 0.95: 1}}}])),
    ("idle", contract(limits={"deductions": {"amount": 1e6}})),
    ("ruinous", contract()),
    ("repeated", contract({"right": IN_TIME, "second": ACCURACY}, TWO)),
    ("unprofitable", contract()),
    ("perverse", contract()),
    # Each has room of its own, which better work leaves to nobody else.
    (
        "perverse",
        contract(
            incentives=[
                {"lump_sum": {"kpi": "right", "if_missed": -50, "earn_back": EARNED_BACK}},
                {"payment_curve": CURVE | {"points": {0: 0, 0.95: 1}}},
            ]
        ),
    ),
    ("unrewarded", contract(incentives=[{"payment_curve": CURVE | {"points": {0: 0, 0.95: 1}}}])),
]


@pytest.fixture(scope="module")
def outcomes():
    scenario = Scenario.model_validate(
        {
            "title": "An office",
            "world": {
                "horizon": {"months": 12},
                "calendar": {"always_open": True},
                "demand": {"units": {"office": {"orders_per_business_day": 1.4}}},
                "items": {"paper": {"price": 100, "cost": 60}},
                "supply": {"lead_time": {"gamma": {"mean": 4, "cv": 0.5}}},
                "picking": {
                    "hours_per_line": {"gamma": {"mean": 6, "cv": 0.5}},
                    "error_share": 0.1,
                    "check_finds_share": 0.98,
                    "check_hours_per_line": 4,
                },
            },
            "plans": {
                "usual": {"policy": {"base_stock": {"level": 9}}, "pickers": 1},
                "careful": {
                    "policy": {"base_stock": {"level": 9}},
                    "pickers": 1,
                    "pick_check": 0.9,
                },
            },
            "costs": {"buyer": {"per_late_unit_day": 10, "needed_within": {"hours": 6}}},
            "contracts": {"all": contract({"a": ACCURACY, "b": IN_TIME}, ()).model_dump()},
        }
    )
    every = {f"c{n}": c for n, (_, c, _) in enumerate(CASES)}
    every |= {f"s{n}": c for n, (_, c) in enumerate(SOUND)}
    return pbc.run(scenario, replications=25, seed=1, contracts=every, workers=1, progress=False)


def findings(outcomes, name, terms):
    case = Case(outcomes.settle({"one": terms}), "one")
    return list(CHECKS[name].findings(case))


def test_every_check_is_tried():
    assert {name for name, *_ in CASES} == set(CHECKS)


@pytest.mark.parametrize(("name", "terms", "words"), [case for case in CASES if case[2]])
def test_a_flaw_is_found_with_numbers_and_a_remedy(name, terms, words, outcomes):
    found = findings(outcomes, name, terms)

    assert any(words in finding.sentence for finding in found), found
    assert all(finding.remedy and finding.check == name for finding in found)


@pytest.mark.parametrize(("name", "terms"), SOUND)
def test_a_sound_contract_passes(name, terms, outcomes):
    assert [f.sentence for f in findings(outcomes, name, terms) if f.severity == "warning"] == []


def test_ties_are_counted(outcomes):
    """A review of forty lines often has exactly two wrong ones, where 95% is the target."""
    terms = contract()
    numerator, denominator, _ = outcomes.scores.measured[terms.measured()["right"]]
    often = np.mean(numerator == 0.95 * denominator)

    found = findings(outcomes, "ties", terms)

    assert bool(found) == (often > 0.05)
    assert all(f"{100 * often:.0f}%" in finding.sentence for finding in found)


def test_findings_of_all_contracts_are_one_table(outcomes):
    contracts = {"flawed": CASES[0][1], "sound": contract(incentives=())}

    table = check_contracts(outcomes.settle(contracts))

    assert set(table["contract"]) == {"flawed", "sound"}
    assert list(table.columns) == ["contract", "check", "severity", "place", "finding", "remedy"]
    flawed = table[table["contract"] == "flawed"]["severity"].tolist()
    assert flawed == sorted(flawed, key=lambda severity: severity == "note")


def test_checks_need_prices(outcomes):
    with pytest.raises(PbcError, match="price contracts first"):
        check_contracts(outcomes)
