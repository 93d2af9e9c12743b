"""Learning curves and investments against sums that are worked out by hand."""

import numpy as np

#: Ten orders a day over 31 + 29 + 31 + 30 days, at 0.05, 0.15, ... days.
PLACED = np.arange(1210) / 10 + 0.05


def test_errors_fall_along_the_learning_curve(observe):
    """Wright (1936): a share of (1 - 0.2)^log2(1 + n / 10); sees a fifth more learning."""

    def accuracy(falls_by):
        return 1 - 0.3 * ((1 + np.arange(1210) / 10) ** np.log2(1 - falls_by)).mean()

    found = observe("learning_and_investment", 60, "learns").kpi("accuracy")

    found.must_be(accuracy(0.2), not_=accuracy(0.24))


def test_errors_fall_as_an_investment_comes_to_work(observe):
    """Nothing in January, evenly more in February, in full from March; sees a month's delay."""

    def accuracy(begin, full):
        at_work = np.clip((PLACED - begin) / (full - begin), 0, 1)
        return 1 - (0.3 * (1 - 0.6 * at_work)).mean()

    found = observe("learning_and_investment", 60, "invests").kpi("accuracy")

    found.must_be(accuracy(31, 60), not_=accuracy(60, 91))


def test_investment_is_paid_once_by_both(observe):
    costs = observe("learning_and_investment", 60, "invests").outcomes.costs.isel(term=0)

    assert (costs.sel(plan="invests", line="investments") == 450).all()
    assert (costs.sel(plan="invests", line="joint_investments") == 150).all()
    assert (costs.sel(plan="learns", line=["investments", "joint_investments"]) == 0).all()
