"""Targets that fine bad work and not bad luck."""

import numpy as np
import pytest
from scipy import stats

import pbc_sim as pbc
from pbc_sim.contract.kpi_clauses import KpiClause
from pbc_sim.decision import natural_variation as module
from pbc_sim.decision.natural_variation import tolerance_rank


@pytest.fixture(scope="module")
def found(small):
    return pbc.fair_targets(
        small, "fined", "accuracy", "lean", most_fined=0.1, reviews=("month", "term"),
        replications=60,
    )  # fmt: skip


def test_ranks_are_those_of_wilks():
    assert [tolerance_rank(n, 0.05) for n in (58, 59, 92, 93)] == [0, 1, 1, 2]
    assert tolerance_rank(298, 0.01) == 0
    assert tolerance_rank(299, 0.01) == 1


def test_good_work_is_fined_no_more_than_wanted_with_the_confidence_that_is_said():
    """Over 2,000 studies of 100 terms; the true risk of a normal law is known for each target."""
    rank, most = tolerance_rank(100, 0.1), 0.1
    worst = np.sort(np.random.default_rng(2).normal(size=(2000, 100)), axis=1)[:, rank - 1]
    kept = (stats.norm.cdf(worst) <= most).mean()

    assert kept >= 0.95 - 4 * np.sqrt(0.05 * 0.95 / 2000)


def test_target_is_the_worst_month_of_a_good_plan_at_its_rank(small, found):
    """Read again from scores; sees a rank off by one, and rounding to the wrong side."""
    clause = small.contracts["fined"].kpis["accuracy"]
    outcomes = pbc.run(small, 60, seed=1, workers=1, progress=False)
    part, whole, _ = outcomes.scores.measured[clause.measured("month", None)][:, 0]
    worst = np.sort(np.where(whole > 0, part / np.maximum(whole, 1), np.inf).min(axis=1))
    limit = worst[tolerance_rank(60, 0.1) - 1]

    row = found.table.loc["month"]
    assert limit - 0.001 < row["target"] <= limit + 1e-12
    assert row["fined"] == pytest.approx((worst < row["target"]).mean())
    assert row["dead_band"] == pytest.approx(max(0, clause.target.level - row["target"]))
    assert row["reviews"] == 2


def test_longer_reviews_have_less_luck_in_them(found):
    assert found.table.loc["term", "target"] > found.table.loc["month", "target"]
    assert "once in 10 terms" in str(found)


def test_the_sharpest_review_catches_most_of_the_others(small):
    found = pbc.fair_targets(
        small, "fined", "accuracy", "rich", reviews=("month", "term"), replications=60
    )
    caught = found.table["caught: lean"]

    assert caught[found.sharpest] == caught.max() > 0.9
    assert found.rewritten().kpis["accuracy"].target.at_least == 1.0


def test_rewritten_contract_has_the_target_or_the_band(found):
    target = found.rewritten("month").kpis["accuracy"]
    band = found.rewritten("month", dead_band=True).kpis["accuracy"]

    assert target.target.at_least == found.table.loc["month", "target"]
    assert target.dead_band == 0
    assert band.target.at_least == 0.97
    assert band.dead_band == pytest.approx(found.table.loc["month", "dead_band"])
    assert band.review == "month"


@pytest.mark.parametrize(
    ("target", "worst", "rounded"),
    [
        ({"at_least": 0.9}, 0.9341, 0.93),
        ({"at_least": 0.9}, 0.93, 0.93),  # the level itself is met
        ({"above": 0.9}, 0.93, 0.92),  # ... and here it is missed
        ({"at_most": 0.1}, -0.0341, -0.04),  # less is better, so the sign is turned
        ({"below": 0.1}, -0.03, -0.04),
    ],
)
def test_rounding_is_lenient(target, worst, rounded):
    measure = "order_accuracy" if set(target) & {"at_least", "above"} else "return_rate"
    clause = KpiClause.model_validate({"measure": measure, "target": target})

    assert module._rounded(worst, clause, 0.01) == pytest.approx(rounded)
    assert not module._is_missed(np.array([worst]), rounded, clause)[0]


def test_what_cannot_be_promised_is_refused(small):
    with pytest.raises(pbc.PbcError, match="take 59 or more"):
        pbc.fair_targets(small, "fined", "accuracy", "rich", replications=50)
    with pytest.raises(pbc.PbcError, match="KPI of this contract"):
        pbc.fair_targets(small, "fined", "acuracy", "rich")
    with pytest.raises(pbc.PbcError, match="most_fined must be > 0 and < 1"):
        pbc.fair_targets(small, "fined", "accuracy", "rich", most_fined=0)


def test_a_review_length_that_was_not_looked_at_is_refused(found):
    with pytest.raises(pbc.PbcError, match="unknown review length 'quarter'"):
        found.rewritten("quarter")
