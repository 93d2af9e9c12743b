"""Uniform luck means what the law says: tables against SciPy."""

import numpy as np
import pytest
from scipy import stats

from pbc_sim.world.counts import Counts
from pbc_sim.world.distributions import (
    Beta,
    Constant,
    Discrete,
    Exponential,
    Gamma,
    Geometric,
    Hyperexponential,
    Lognormal,
    NegativeBinomial,
    Poisson,
    Triangular,
    Uniform,
    Weibull,
)
from pbc_sim.world.quantiles import TOLERANCE, Quantiles

#: Ordinary draws, both tails down to the last digit, and the ends.
RNG = np.random.default_rng(20261130)
TAIL = 2.0 ** -RNG.uniform(1, 53, 5000)
LUCK = np.concatenate([RNG.random(20_000), TAIL, 1 - TAIL, [0.0, 0.5, 2.0**-53, 1 - 2.0**-53]])

SMOOTH = [
    Gamma(mean=7, cv=0.5),
    Gamma(mean=0.5, cv=0.6),
    Gamma(mean=2, cv=2),
    Lognormal(mean=3, cv=1),
    Lognormal(mean=3, cv=20),
    Weibull(scale=2, shape=0.8),
    Weibull(scale=2, shape=100),
    Beta(mean=0.005, concentration=80),
    Beta(mean=0.3, concentration=1e6),
]
#: Of these a table would be too rough.
ROUGH = [Gamma(mean=2, cv=20), Weibull(scale=2, shape=0.05), Beta(mean=0.5, concentration=1e-3)]
OTHERS = [Exponential(mean=3), Triangular(low=0, mode=1, high=3), Uniform(low=1, high=2)]
COUNTS = [
    Poisson(mean=2.5, at_least=1),
    Geometric(mean=3),
    NegativeBinomial(mean=30, variance_ratio=6, at_least=1),
    Discrete(chances={5: 0.5, 2: 0.3, 9: 0.2}),
]
#: Those with too many values for a table of all.
WIDE = [Geometric(mean=1e6), NegativeBinomial(mean=1e6, variance_ratio=1e4)]


def quantile(law, luck):
    """Return SciPy's answer, from the side on which less is left."""
    known = law.law()
    return np.where(luck >= 0.5, known.isf(1 - luck), known.ppf(np.maximum(luck, 2.0**-54)))


@pytest.mark.parametrize("law", SMOOTH, ids=repr)
def test_a_table_says_what_the_law_says(law):
    laws = Quantiles([law])

    said, exact = laws.of(LUCK, 0), quantile(law, LUCK)

    assert laws.begins[0] == 0
    assert (np.abs(said - exact) <= TOLERANCE * np.maximum(exact, law.law().median())).all()
    assert (np.diff(said[np.argsort(LUCK)]) >= 0).all()


@pytest.mark.parametrize("law", [*ROUGH, *OTHERS], ids=repr)
def test_what_has_no_table_is_inverted_exactly(law):
    laws = Quantiles([law])

    assert laws.begins[0] == -1
    np.testing.assert_allclose(laws.of(LUCK, 0), quantile(law, LUCK), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("law", COUNTS, ids=repr)
@pytest.mark.parametrize(
    "inverted", [lambda law: Counts([law]).of, lambda law: lambda u: Quantiles([law]).of(u, 0)]
)
def test_counts_are_the_laws_quantiles(law, inverted):
    luck = RNG.random(20_000)

    said = inverted(law)(luck)

    # The smallest count of which so much or less has a larger chance.
    chances = law.law().cdf
    assert (chances(said) > luck).all()
    assert (chances(said - 1) <= luck).all()


@pytest.mark.parametrize("law", WIDE, ids=repr)
def test_a_count_of_too_many_values_is_inverted_too(law):
    luck = RNG.random(500)

    assert Counts([law]).of(luck).tolist() == law.law().ppf(luck).astype(int).tolist()


def test_bursts_have_their_law():
    law = Hyperexponential(mean=2, cv=3)
    luck = (np.arange(40_000) + 0.5) / 40_000

    said = Quantiles([law]).of(luck, 0)

    assert said.mean() == pytest.approx(2, rel=1e-3)
    assert stats.ks_1samp(said, law.law().cdf).statistic < 1e-3


def test_several_laws_are_read_by_their_numbers():
    laws = [Gamma(mean=7, cv=0.5), Constant(value=4), Gamma(mean=9, cv=0.5), Poisson(mean=3)]
    which, luck = RNG.integers(0, 4, 4000), RNG.random(4000)

    said = Quantiles(laws).of(luck, which)

    for number, law in enumerate(laws):
        of_law = which == number
        assert said[of_law].tolist() == Quantiles([law]).of(luck[of_law], 0).tolist()


def test_several_counts_are_read_by_their_numbers():
    which, luck = RNG.integers(0, 6, 4000), RNG.random(4000)
    luck[:6] = 1 - 2.0**-53

    said = Counts([*COUNTS, *WIDE]).of(luck, which)

    for number, law in enumerate([*COUNTS, *WIDE]):
        of_law = which == number
        assert said[of_law].tolist() == Counts([law]).of(luck[of_law]).tolist()


def test_a_larger_mean_makes_every_value_larger():
    luck = RNG.random(5000)
    small, large = (Quantiles([Gamma(mean=mean, cv=0.5)]).of(luck, 0) for mean in (7, 7.7))
    few, many = (Counts([Poisson(mean=mean)]).of(luck) for mean in (3, 3.3))

    assert (large > small).all()
    assert (many >= few).all()
