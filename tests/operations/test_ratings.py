"""What units say: by hand in a tiny world, and in any world never less for better deliveries."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbc_sim.errors import InvariantError, PbcError
from pbc_sim.operations import check_balances
from pbc_sim.world.satisfaction import SatisfactionTerms, SurveyTerms

QUIET = {"noise_sd": 0, "expects_within": {"calendar_days": 0.5}}
SURVEY = {"every": {"days": 2}, "noise_sd": 0}


def marks(ledger):
    table = ledger.ratings
    return list(
        zip(table.order.tolist(), table.time.tolist(), table.completeness.tolist(), strict=True)
    )


def test_a_world_without_the_section_says_nothing(happened):
    ledger = happened({})

    assert len(ledger.ratings) == len(ledger.survey) == 0


def test_lateness_costs_marks_on_time(happened):
    """Orders at noon, stock of three: the second waits until day 3.25, for 1.25 days too long."""
    ledger = happened({}, satisfaction=QUIET)

    assert ledger.ratings.when[:2].tolist() == [0.5, 3.25]
    assert marks(ledger)[:2] == [(0, 5, 5), (1, 4, 5)]
    assert marks(happened({}, satisfaction=QUIET | {"points_per_late_day": 2}))[1] == (1, 2, 5)
    assert (ledger.ratings.condition == 5).all()


def test_wrong_units_cost_marks_on_completeness(happened):
    """Seed 4 picks some lines wrong; of two units, one or both."""
    terms = QUIET | {"points_if_all_wrong": 4}
    ledger = happened(
        {"policy": {"base_stock": {"level": 40}}}, picking={"error_share": 0.5}, satisfaction=terms
    )

    first = ~ledger.deliveries.replacement
    wrong = np.bincount(ledger.deliveries.line[first], ledger.deliveries.wrong[first])
    assert {0, 1, 2} >= set(wrong) > {0}
    for order, time, completeness in marks(ledger):
        assert (time, completeness) == (5, 5 - 2 * wrong[order])


def test_defects_cost_marks_on_condition(happened):
    ledger = happened(
        {"policy": {"base_stock": {"level": 40}}},
        supply={"lead_time": 0, "lot_quality": 0.5},
        satisfaction=QUIET | {"points_if_all_defective": 2},
    )

    first = ~ledger.deliveries.replacement
    found = np.bincount(ledger.deliveries.line[first], ledger.deliveries.defective[first])
    assert ledger.ratings.condition.tolist() == (5 - found[ledger.ratings.order]).tolist()
    assert found.max() > 0


def test_lost_units_are_missing_and_lost_orders_get_the_worst(happened):
    """Stock of three: two units for the first order, one for the second, none for the third."""
    terms = QUIET | {"points_if_all_wrong": 4}
    ledger = happened({"stockout": "lost_sale"}, satisfaction=terms)

    rated = {order: (time, complete) for order, time, complete in marks(ledger)}
    assert rated[0] == (5, 5)
    assert rated[1] == (5, 3)
    assert rated[2] == (1, 1)
    # It is rated when it falls due, half a day after its noon.
    assert ledger.ratings.when[ledger.ratings.order == 2] == [3.0]


def test_only_a_share_is_rated_and_the_same_under_every_plan(happened):
    terms = QUIET | {"responds_share": 0.5}
    few, many = (
        happened({"policy": {"base_stock": {"level": level}}}, satisfaction=terms)
        for level in (3, 40)
    )

    assert 0 < len(many.ratings) < 6
    assert set(few.ratings.order) <= set(many.ratings.order)


def test_survey_asks_for_the_mean_experience_since_the_last(happened):
    """Surveys at 1, 3 and 5: always open, the last close before days 2, 4 and 6."""
    ledger = happened({}, satisfaction=QUIET | {"survey": SURVEY})

    survey = ledger.survey
    assert survey.when.tolist() == [1, 3, 5]
    # The first order came at once.
    assert survey.score[0] == 5
    # By day 3 nothing has come; the second order is overdue by one day with one of two units
    # missing: (4 + 1 + 5) / 3; the third falls due only now.
    assert survey.score[1] == 3


def test_unit_that_experienced_nothing_is_not_asked(happened):
    demand = {
        "units": {"a": {"orders_per_business_day": 1}, "b": {"orders_per_business_day": 0}},
        "gap": 1,
        "first_gap": 0.5,
    }
    ledger = happened({}, demand=demand, satisfaction=QUIET | {"survey": SURVEY})

    assert set(ledger.survey.unit) == {0}


def test_unit_that_does_not_answer_was_asked(happened):
    survey = SURVEY | {"responds_share": 0}

    ledger = happened({}, satisfaction=QUIET | {"survey": survey})

    assert np.isnan(ledger.survey.score).tolist() == [True, True, True]


def test_survey_in_months_is_held_at_the_last_close_of_business(happened):
    ledger = happened(
        {},
        horizon={"days": 60},
        calendar={"always_open": False},
        satisfaction=QUIET | {"survey": {"every": {"months": 1}}},
    )

    dates = [ledger.setting.calendar.date(when) for when in ledger.survey.when]
    assert [f"{date:%Y-%m-%d %H:%M}" for date in dates] == ["2024-01-31 16:00", "2024-02-29 16:00"]


shares = st.sampled_from([0.0, 0.1, 0.4])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 1000),
    sd=st.sampled_from([0.0, 0.7, 3.0]),
    errors=st.tuples(shares, shares),
    travel=st.tuples(*[st.sampled_from([0.0, 0.5, 3.0])] * 2),
)
def test_better_deliveries_never_get_worse_ratings_on_the_same_luck(
    happened, seed, sd, errors, travel
):
    """With stock to spare, fewer errors and less travel make each delivery better or the same."""
    better, worse = (
        happened(
            {"policy": {"base_stock": {"level": 200}}},
            seed,
            horizon={"days": 20},
            picking={"error_share": error},
            transport={"time": time},
            satisfaction={"noise_sd": sd, "expects_within": {"calendar_days": 0}},
        ).ratings
        for error, time in zip(sorted(errors), sorted(travel), strict=True)
    )

    both = np.intersect1d(better.order, worse.order)
    for aspect in ("time", "completeness", "condition"):
        good = getattr(better, aspect)[np.isin(better.order, both)]
        bad = getattr(worse, aspect)[np.isin(worse.order, both)]
        by_good = np.argsort(better.order[np.isin(better.order, both)])
        by_bad = np.argsort(worse.order[np.isin(worse.order, both)])
        assert (good[by_good] >= bad[by_bad]).all()


def test_asking_changes_nothing_that_happens(happened):
    silent = happened({}, picking={"error_share": 0.5})
    asked = happened({}, picking={"error_share": 0.5}, satisfaction={"survey": SURVEY})

    for table in ("lines", "shipments", "deliveries", "returns", "replenishments", "stock"):
        for column, values in vars(getattr(silent, table)).items():
            np.testing.assert_array_equal(values, vars(getattr(asked, table))[column])


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("ratings", "time", 6, "marks"),
        ("ratings", "order", 0, "ratings of an order"),
        ("ratings", "when", 0.0, "times of ratings"),
        ("survey", "score", 0.0, "scores"),
        ("survey", "when", 1.0, "units asked in a survey"),
    ],
)
def test_corrupted_answers_are_found(happened, table, column, value, words):
    ledger = happened({}, satisfaction=QUIET | {"survey": SURVEY})
    values = getattr(getattr(ledger, table), column).copy()
    values[1] = value
    corrupted = replace(ledger, **{table: replace(getattr(ledger, table), **{column: values})})

    with pytest.raises(InvariantError, match=words):
        check_balances(corrupted)


@pytest.mark.parametrize(
    ("terms", "written", "words"),
    [
        (SurveyTerms, {"every": {"days": 0.5}}, "at least 1 day, got 0.5 day; ask less often"),
        (SurveyTerms, {"every": {"months": 1, "days": 3}}, "not both"),
        (SurveyTerms, {"every": {"months": 1}, "sample": 0}, "> 0"),
        (SatisfactionTerms, {"responds_share": 1.2}, "<= 1"),
        (SatisfactionTerms, {"points_per_late_day": -1}, "point/business day, got -1"),
    ],
)
def test_wrong_terms_are_answered_in_one_sentence(terms, written, words):
    with pytest.raises(PbcError, match=words):
        terms.model_validate(written)
