"""How often a target is missed: exact binomial curves, and simulated reviews that they cover."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import pbc_sim as pbc
from pbc_sim.contract.kpi_clauses import KpiClause, Target
from pbc_sim.decision.operating import chance_met, granularity, operating_characteristic
from pbc_sim.errors import PbcError
from pbc_sim.scenario import Scenario


def clause(target, measure="order_accuracy", **more):
    return KpiClause.model_validate({"measure": measure, "target": target} | more)


@pytest.mark.parametrize(
    ("target", "measure", "missed"),
    [
        # Of ten orders all must be right: 1 - 0.97^10, the example of the trade.
        ({"at_least": 0.95}, "order_accuracy", 1 - 0.97**10),
        # Ten of ten are needed for "98%" as well: the same clause.
        ({"at_least": 0.98}, "order_accuracy", 1 - 0.97**10),
        # Exactly 90% meets "at least 90%", and misses "above 90%".
        ({"at_least": 0.9}, "order_accuracy", stats.binom.cdf(8, 10, 0.97)),
        ({"above": 0.9}, "order_accuracy", stats.binom.cdf(9, 10, 0.97)),
        # Where less is better, the quality is the share of what is bad.
        ({"at_most": 0.1}, "lines_short_share", stats.binom.sf(1, 10, 0.97)),
        ({"below": 0.1}, "lines_short_share", stats.binom.sf(0, 10, 0.97)),
    ],
)
def test_chance_to_miss_is_binomial(target, measure, missed):
    measures = {"order_accuracy": "order_accuracy", "lines_short_share": "defect_rate"}
    found = chance_met(clause(target, measures[measure]), np.array([10]), np.array([0.97]))

    assert 1 - found[0] == pytest.approx(missed, abs=1e-12)


@given(
    size=st.integers(1, 60),
    percent=st.integers(0, 100),
    quality=st.floats(0, 1),
    kind=st.sampled_from(["at_least", "above", "at_most", "below"]),
    band=st.sampled_from([0.0, 0.01, 0.1]),
)
def test_chance_is_the_sum_over_all_counts(size, percent, quality, kind, band):
    """Against the definition: every count that meets the target, with its binomial chance."""
    measure = "order_accuracy" if kind in ("at_least", "above") else "defect_rate"
    terms = clause({kind: percent / 100}, measure, dead_band=band)
    counts = np.arange(size + 1)
    met = terms.target.is_met(counts / size, np.asarray(percent / 100))
    met = met | ((band > 0) & (np.abs(counts / size - percent / 100) <= band * (1 + 1e-9)))
    exact = stats.binom.pmf(counts, size, quality)[met].sum()

    found = chance_met(terms, np.array([size]), np.array([quality]))[0]

    assert found == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(("when_empty", "met"), [("met", 1.0), ("missed", 0.5), ("carry", 1.0)])
def test_reviews_with_too_few_facts_are_judged_as_agreed(when_empty, met):
    """Half of the reviews have two facts where three are needed; the others are always met."""
    terms = clause({"at_least": 0.9}, min_sample=3, when_empty=when_empty)

    assert chance_met(terms, np.array([2, 3]), np.array([1.0]))[0] == pytest.approx(met)


@given(
    size=st.integers(1, 200),
    percent=st.integers(0, 100),
    kind=st.sampled_from(["at_least", "at_most"]),
)
def test_targets_within_the_grain_are_one_clause(size, percent, kind):
    """Whatever lies strictly between the two ends has the same chance at any quality."""
    grain = granularity(Target(**{kind: percent / 100}), size)
    measure = "order_accuracy" if kind == "at_least" else "defect_rate"
    between = clause({kind: (grain.low + grain.high) / 2}, measure)
    quality = np.linspace(0, 1, 11)

    same = chance_met(clause({kind: percent / 100}, measure), np.array([size]), quality)

    if grain.low < percent / 100 < grain.high:
        assert np.array_equal(same, chance_met(between, np.array([size]), quality))


def story(share):
    """Orders of one line, right or wrong independently, about twenty a month."""
    return Scenario.model_validate(
        {
            "title": "Independent lines",
            "world": {
                "horizon": {"months": 12},
                "calendar": {"always_open": True},
                "demand": {"units": {"office": {"orders_per_business_day": 0.7}}},
                "items": {"paper": {"price": 1, "cost": 1}},
                "supply": {"lead_time": 0},
                "picking": {"error_share": share},
            },
            "plans": {"usual": {"policy": {"base_stock": {"level": 20}}}},
            "contracts": {
                "one": {
                    "title": "One",
                    "kpis": {
                        "right": {"measure": "order_accuracy", "target": {"at_least": 0.95}},
                        "cost": {"measure": "returned_units", "target": {"at_most": 2}},
                    },
                }
            },
        }
    )


def test_simulated_reviews_are_covered_by_the_exact_curve():
    """Lines are independent here; sees a share of missed reviews that is off by six points."""
    prices = pbc.run(story(0.05), replications=120, seed=3, workers=1, progress=False).settle()

    found = operating_characteristic(prices, "one", "right").plans.loc["usual"]

    standard_error = (found["high"] - found["low"]) / 2 / 1.98
    assert abs(found["review_missed"] - found["exact"]) < 4 * standard_error
    assert 4 * standard_error < 0.06


def test_a_kpi_that_is_no_share_has_simulated_points_alone():
    prices = pbc.run(story(0.05), replications=5, seed=3, workers=1, progress=False).settle()

    found = operating_characteristic(prices, "one", "cost")

    assert found.curve.empty
    assert found.granularity is None
    assert np.isnan(found.plans.loc["usual", "exact"])
    assert 0 <= found.plans.loc["usual", "review_missed"] <= 1


def test_unknown_names_are_answered_with_the_nearest():
    prices = pbc.run(story(0.05), replications=2, seed=3, workers=1, progress=False).settle()

    with pytest.raises(PbcError, match="Did you mean 'right'"):
        operating_characteristic(prices, "one", "rihgt")
    with pytest.raises(PbcError, match="unknown contract 'two'"):
        operating_characteristic(prices, "two", "right")
