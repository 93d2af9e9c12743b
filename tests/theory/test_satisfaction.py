"""Ratings and surveys against a rounded normal variable."""

import numpy as np
import pytest
from scipy import stats


def mean_mark(deserved, sd):
    """Return the mean of a normal variable that is rounded and clipped to 1..5."""
    edges = np.array([1.5, 2.5, 3.5, 4.5])
    # A mark is 1 and one more for each edge that it lies above.
    return 1 + stats.norm.sf((edges - deserved) / sd).sum()


def satisfied(felt, sd, from_):
    """Return the chance that a rounded answer reaches a score."""
    return stats.norm.sf((from_ - 0.5 - felt) / sd)


@pytest.mark.parametrize(("kpi", "deserved"), [("time", 4.0), ("completeness", 5.0)])
def test_mean_rating(observe, kpi, deserved):
    """Sees 0.05 points of what a delivery deserves."""
    found = observe("ratings_with_noise", replications=30).kpi(kpi)

    found.must_be(mean_mark(deserved, 1), not_=mean_mark(deserved - 0.05, 1))


def test_overall_rating_is_the_mean_of_the_three(observe):
    """Sees 0.05 points of what a delivery deserves."""
    exact, worse = ((mean_mark(4 - d, 1) + 2 * mean_mark(5 - d, 1)) / 3 for d in (0, 0.05))

    observe("ratings_with_noise", replications=30).kpi("overall").must_be(exact, not_=worse)


@pytest.mark.parametrize(("kpi", "from_"), [("satisfied", 4), ("delighted", 5)])
def test_satisfied_share(observe, kpi, from_):
    """Sees 0.4 points of the mean experience."""
    exact, worse = (satisfied(14 / 3 - d, 1, from_) for d in (0, 0.4))

    observe("survey_with_noise", replications=50).kpi(kpi).must_be(exact, not_=worse)


def test_response_share(observe):
    """Sees a tenth of the chance to answer."""
    found = observe("survey_with_noise", replications=50).kpi("responses")

    found.must_be(0.6, not_=0.66)


def test_sample_has_its_size(observe):
    """Twenty surveys of five units each, since every unit has had its orders."""
    _, asked = observe("survey_with_noise", replications=50).sums("responses")

    assert (asked == 100).all()
