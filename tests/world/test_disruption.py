"""What a person writes about disruptions, and how mistakes are answered."""

import datetime as dt

import pytest

from pbc_sim.errors import PbcError
from pbc_sim.world import WorldTerms
from pbc_sim.world.disruption import DISRUPTIONS

CHANCE = {"every": {"exponential": {"mean": 90}}, "lasts": 3}
DAY = {"first_day": dt.date(2024, 3, 1), "last_day": dt.date(2024, 3, 2)}
STOP, SURGE = {"transport_stop": {}}, {"demand_surge": {}}


def world(**disruption):
    return WorldTerms.model_validate(
        {
            "horizon": {"days": 365},
            "demand": {"units": {"office": {"orders_per_business_day": 1}}},
            "items": {"paper": {"price": 1, "cost": 1}},
            "supply": {"lead_time": 1},
            "disruptions": {"flood": disruption},
        }
    )


@pytest.mark.parametrize(
    "disruption",
    [
        {"kind": STOP, "random": CHANCE},
        {"kind": STOP, "dated": [DAY | {"severity": 0.5}], "cause": "force_majeure"},
        {"kind": {"upstream_outage": {"items": ["paper"]}}, "dated": [DAY]},
        {"kind": SURGE, "random": CHANCE | {"severity": {"lognormal": {"mean": 2}}}},
        {"kind": SURGE, "dated": [DAY | {"severity": 0}]},  # nobody orders
        {"kind": {"receiving_stop": {"units": ["office"]}}, "dated": [DAY], "cause": "buyer"},
    ],
)
def test_a_disruption_that_can_be_is_read(disruption):
    assert world(**disruption).disruptions["flood"].kind


@pytest.mark.parametrize(
    ("disruption", "message"),
    [
        ({"kind": STOP}, "must give either random or dated"),
        ({"kind": STOP, "random": CHANCE, "dated": [DAY]}, "must give either random or dated"),
        ({"kind": STOP, "random": CHANCE, "notice_after": 2}, "set cause to force_majeure"),
        ({"kind": STOP, "random": CHANCE, "cause": "byer"}, "cause"),
        (
            {"kind": {"receiving_stop": {}}, "random": CHANCE | {"severity": 0.5}},
            "random.severity: receiving_stop has no degrees, and so no severity; leave it out",
        ),
        (
            {"kind": {"receiving_stop": {}}, "dated": [DAY | {"severity": 1}]},
            r"dated\.0\.severity: receiving_stop has no degrees",
        ),
        (
            {"kind": {"receiving_stop": {"units": ["ofice"]}}, "dated": [DAY]},
            "unknown unit 'ofice'; known: office. Did you mean 'office'",
        ),
        ({"kind": SURGE, "random": CHANCE}, "random.severity: needs a severity: its factor"),
        ({"kind": SURGE, "dated": [DAY]}, r"dated\.0\.severity: needs a severity"),
        (
            {"kind": STOP, "dated": [DAY | {"severity": 1.5}]},
            r"share of the pace that is lost must be at most 1, got 1\.5",
        ),
        (
            {"kind": STOP, "random": CHANCE | {"severity": {"gamma": {"mean": 0.5}}}},
            "must be at most 1, got inf",
        ),
        (
            {"kind": SURGE, "random": CHANCE | {"severity": 30}},
            "factor on the intensity of orders must be at most 20, got 30",
        ),
        ({"kind": STOP, "random": CHANCE | {"every": 0}}, r"mean >= 0\.1 day, got 0 day"),
        (
            {"kind": {"upstream_outage": {"items": ["papier"]}}, "dated": [DAY]},
            "upstream_outage.items.0: unknown item 'papier'; known: paper. Did you mean 'paper'",
        ),
        (
            {"kind": {"demand_surge": {"units": ["x"]}}, "dated": [DAY | {"severity": 2}]},
            "unknown unit 'x'; known: office",
        ),
        (
            {"kind": STOP, "dated": [{k: v.replace(year=2025) for k, v in DAY.items()}]},
            r"dated\.0: lies outside the simulated time \(2024-01-01 to 2024-12-30\)",
        ),
        (
            {"kind": STOP, "dated": [DAY | {"last_day": dt.date(2024, 2, 1)}]},
            r"last_day must not be before first_day \(2024-03-01\), got 2024-02-01",
        ),
        ({"kind": {"flood": {}}, "random": CHANCE}, "unknown kind of disruption 'flood'"),
    ],
)
def test_a_disruption_that_cannot_be_is_refused_in_one_sentence(disruption, message):
    with pytest.raises(PbcError, match=message):
        world(**disruption)


@pytest.mark.parametrize("name", DISRUPTIONS)
def test_every_kind_says_what_it_does(name):
    assert len(DISRUPTIONS[name].__doc__.split("\n")[0]) > 40
