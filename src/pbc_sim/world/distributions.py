"""How does a quantity vary: named distributions that know their own mean and variance.

Lives here: one frozen class a distribution. NumPy draws from it, SciPy gives its moments.
May not live here: streams and seeds (`draws.py`).
To add a distribution: one class with `@DISTRIBUTIONS.register`; nothing else changes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.catalogue import Catalogue
from pbc_sim.inputs import CalendarDays, Count, OneOf, PositiveNumber, Share, number
from pbc_sim.language import translated as _
from pbc_sim.world.law import Distribution, Generator

if TYPE_CHECKING:
    from scipy.stats.distributions import rv_frozen

__all__ = ["DISTRIBUTIONS", "CountSpread", "Cv", "Distribution", "Spread"]

Cv = Annotated[float, number("1", gt=0, le=20)]

#: The largest number below 1, beyond which no uniform draw is.
BELOW_ONE = 1 - 2.0**-53

DISTRIBUTIONS: Catalogue[type[Distribution]] = Catalogue("distribution")


@DISTRIBUTIONS.register("constant")
class Constant(Distribution):
    """Always the same value; a bare number means this.

    Parameters
    ----------
    value : float
        The value. [of the quantity]
    """

    scipy_name = "uniform"
    value: CalendarDays

    def inverted(self, luck: np.ndarray) -> np.ndarray:
        return np.full(luck.shape, self.value)

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        del generator  # a constant uses up no luck
        return np.full(size, self.value)

    @property
    def is_count(self) -> bool:
        return self.value.is_integer()

    def scipy_parameters(self) -> dict[str, Any]:
        return {"loc": self.value, "scale": 0.0}

    def expected(self) -> float:
        """Return the value; SciPy has no law without spread."""
        return self.value

    def variance(self) -> float:
        """Return zero."""
        return 0.0


@DISTRIBUTIONS.register("exponential")
class Exponential(Distribution):
    """Memoryless waiting.

    Parameters
    ----------
    mean : float
        Mean. [of the quantity]
    """

    scipy_name = "expon"
    mean: PositiveNumber

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.exponential(self.mean, size)

    def inverted(self, luck: np.ndarray) -> np.ndarray:
        return -self.mean * np.log1p(-luck)

    def expected(self) -> float:
        """Return the mean, as SciPy would, which takes longer to make a law than to draw it."""
        return self.mean

    def scipy_parameters(self) -> dict[str, Any]:
        return {"scale": self.mean}


@DISTRIBUTIONS.register("hyperexponential")
class Hyperexponential(Distribution):
    """Bursts: mostly short, sometimes long, by mean and coefficient of variation (sd / mean) > 1.

    A mixture of two exponential laws with balanced means: each contributes half of the mean
    (Whitt, 1982, Operations Research 30:125-147, section 3).

    Parameters
    ----------
    mean : float
        Mean. [of the quantity]
    cv : float
        Standard deviation relative to the mean. [1]
    """

    scipy_name = "rv_continuous"
    mean: PositiveNumber
    cv: Annotated[float, number("1", gt=1, le=20)]

    @property
    def _mixture(self) -> tuple[float, float, float, float]:
        """Chance and mean of the short law, then of the long one."""
        chance = 0.5 + math.sqrt((self.cv**2 - 1) / (self.cv**2 + 1)) / 2
        return chance, self.mean / (2 * chance), 1 - chance, self.mean / (2 * (1 - chance))

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        chance, short, _, long = self._mixture
        # Two uniforms a draw, side by side, so that splitting the size changes nothing.
        luck = generator.random((size, 2))
        return np.where(luck[:, 0] < chance, short, long) * -np.log1p(-luck[:, 1])

    def inverted(self, luck: np.ndarray) -> np.ndarray:
        # Which law it is, and by what is left of the draw the value; so it does not rise with it.
        p, short, q, long = self._mixture
        is_short = luck < p
        left = np.where(is_short, luck / p, np.minimum((luck - p) / q, BELOW_ONE))
        return -np.where(is_short, short, long) * np.log1p(-left)

    def scipy_parameters(self) -> dict[str, Any]:
        return {}

    def law(self) -> rv_frozen:
        """Return the same law as a frozen SciPy distribution."""
        from scipy import stats

        p, short, q, long = self._mixture

        class Mixture(stats.rv_continuous):
            def _pdf(self, x: Any) -> Any:  # type: ignore[override]  # SciPy's own
                return p / short * np.exp(-x / short) + q / long * np.exp(-x / long)

            def _cdf(self, x: Any) -> Any:  # type: ignore[override]  # SciPy's own
                return 1 - p * np.exp(-x / short) - q * np.exp(-x / long)

            def _stats(self, *_: Any, **__: Any) -> Any:
                mean = p * short + q * long
                return mean, 2 * (p * short**2 + q * long**2) - mean**2, None, None

        return Mixture(a=0.0, name="hyperexponential")()


@DISTRIBUTIONS.register("gamma")
class Gamma(Distribution):
    """Positive and skewed, by its mean and coefficient of variation (sd / mean).

    Parameters
    ----------
    mean : float
        Mean. [of the quantity]
    cv : float
        Standard deviation relative to the mean. [1]
    """

    scipy_name = "gamma"
    mean: PositiveNumber
    cv: Cv = 1.0

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.gamma(self.cv**-2, self.mean * self.cv**2, size)

    def in_units(self) -> tuple[Distribution, float]:
        return Gamma(mean=1.0, cv=self.cv), self.mean

    def fill(self, generator: Generator, values: np.ndarray) -> None:
        # As `sample`, without memory of its own.
        generator.standard_gamma(self.cv**-2, out=values)
        values *= self.mean * self.cv**2

    def scipy_parameters(self) -> dict[str, Any]:
        return {"a": self.cv**-2, "scale": self.mean * self.cv**2}


@DISTRIBUTIONS.register("lognormal")
class Lognormal(Distribution):
    """Positive with a heavier tail, by its mean and coefficient of variation (sd / mean).

    Parameters
    ----------
    mean : float
        Mean. [of the quantity]
    cv : float
        Standard deviation relative to the mean. [1]
    """

    scipy_name = "lognorm"
    mean: PositiveNumber
    cv: Cv = 1.0

    @property
    def _log_sd(self) -> float:
        return math.sqrt(math.log1p(self.cv**2))

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.lognormal(math.log(self.mean) - self._log_sd**2 / 2, self._log_sd, size)

    def in_units(self) -> tuple[Distribution, float]:
        return Lognormal(mean=1.0, cv=self.cv), self.mean

    def scipy_parameters(self) -> dict[str, Any]:
        return {"s": self._log_sd, "scale": self.mean * math.exp(-(self._log_sd**2) / 2)}


@DISTRIBUTIONS.register("uniform")
class Uniform(Distribution):
    """Anything between two bounds, equally likely.

    Parameters
    ----------
    low : float
        Least value. [of the quantity]
    high : float
        Largest value. [of the quantity]
    """

    scipy_name = "uniform"
    low: CalendarDays
    high: CalendarDays

    @model_validator(mode="after")
    def _is_ordered(self) -> Uniform:
        _require_order(self.low, self.high)
        return self

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.uniform(self.low, self.high, size)

    def scipy_parameters(self) -> dict[str, Any]:
        return {"loc": self.low, "scale": self.high - self.low}


@DISTRIBUTIONS.register("triangular")
class Triangular(Distribution):
    """What an expert can say: least, most likely, most.

    Parameters
    ----------
    low : float
        Least value. [of the quantity]
    mode : float
        Most likely value. [of the quantity]
    high : float
        Largest value. [of the quantity]
    """

    scipy_name = "triang"
    low: CalendarDays
    mode: CalendarDays
    high: CalendarDays

    @model_validator(mode="after")
    def _is_ordered(self) -> Triangular:
        _require_order(self.low, self.high, self.mode)
        return self

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.triangular(self.low, self.mode, self.high, size)

    def scipy_parameters(self) -> dict[str, Any]:
        span = self.high - self.low
        return {"c": (self.mode - self.low) / span, "loc": self.low, "scale": span}


@DISTRIBUTIONS.register("weibull")
class Weibull(Distribution):
    """Time to failure, by scale and shape; shape above 1 means wear-out.

    Parameters
    ----------
    scale : float
        Value that 63 of 100 stay below. [of the quantity]
    shape : float
        Below 1 early failures, 1 pure chance (exponential), above 1 wear-out. [1]
    """

    scipy_name = "weibull_min"
    scale: PositiveNumber
    shape: Annotated[float, number("1", ge=0.05, le=100)]

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return self.scale * generator.weibull(self.shape, size)

    def in_units(self) -> tuple[Distribution, float]:
        return Weibull(scale=1.0, shape=self.shape), self.scale

    def scipy_parameters(self) -> dict[str, Any]:
        return {"c": self.shape, "scale": self.scale}


@DISTRIBUTIONS.register("beta")
class Beta(Distribution):
    """A share that varies: mean in (0, 1); the larger the concentration, the less it varies.

    A share of defects that is beta from lot to lot makes counts in a lot beta-binomial.

    Parameters
    ----------
    mean : float
        Mean share. [1]
    concentration : float
        How sure the mean is: the variance is mean x (1 - mean) / (1 + concentration). [1]
    """

    scipy_name = "beta"
    mean: Annotated[float, number("1", gt=0, le=0.999999)]
    concentration: Annotated[float, number("1", gt=0, le=1e9)]

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.beta(**self.scipy_parameters(), size=size)

    def in_units(self) -> tuple[Distribution, float]:
        return self, 1.0

    def scipy_parameters(self) -> dict[str, Any]:
        return {"a": self.mean * self.concentration, "b": (1 - self.mean) * self.concentration}


@DISTRIBUTIONS.register("poisson")
class Poisson(Distribution):
    """A count of independent events, plus a fixed count `at_least`.

    Parameters
    ----------
    mean : float
        Mean count, `at_least` included. [of the quantity]
    at_least : int
        Smallest count. [of the quantity]
    """

    scipy_name = "poisson"
    mean: Annotated[float, number("1", gt=0, le=1e6)]
    at_least: Count = 0

    @model_validator(mode="after")
    def _reaches_its_mean(self) -> Poisson:
        _require_mean_above(self.mean, self.at_least)
        return self

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return self.at_least + generator.poisson(self.mean - self.at_least, size)

    def scipy_parameters(self) -> dict[str, Any]:
        return {"mu": self.mean - self.at_least, "loc": self.at_least}


@DISTRIBUTIONS.register("geometric")
class Geometric(Distribution):
    """A count of 1, 2, 3, ... by its mean.

    Parameters
    ----------
    mean : float
        Mean count. [of the quantity]
    """

    scipy_name = "geom"
    mean: Annotated[float, number("1", ge=1, le=1e6)]

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return generator.geometric(1 / self.mean, size)

    def scipy_parameters(self) -> dict[str, Any]:
        return {"p": 1 / self.mean}


@DISTRIBUTIONS.register("negative_binomial")
class NegativeBinomial(Distribution):
    """An overdispersed count by mean and variance / mean ratio, plus a fixed count `at_least`.

    Parameters
    ----------
    mean : float
        Mean count, `at_least` included. [of the quantity]
    variance_ratio : float
        Variance over mean of what exceeds `at_least`. [1]
    at_least : int
        Smallest count. [of the quantity]
    """

    scipy_name = "nbinom"
    mean: Annotated[float, number("1", gt=0, le=1e6)]
    variance_ratio: Annotated[float, number("1", gt=1, le=1e4)]
    at_least: Count = 0

    @model_validator(mode="after")
    def _reaches_its_mean(self) -> NegativeBinomial:
        _require_mean_above(self.mean, self.at_least)
        return self

    @property
    def _shape(self) -> float:
        return (self.mean - self.at_least) / (self.variance_ratio - 1)

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        return self.at_least + generator.negative_binomial(
            self._shape, 1 / self.variance_ratio, size
        )

    def scipy_parameters(self) -> dict[str, Any]:
        return {"n": self._shape, "p": 1 / self.variance_ratio, "loc": self.at_least}


@DISTRIBUTIONS.register("discrete")
class Discrete(Distribution):
    """Listed whole values with their probabilities: ``{discrete: {chances: {1: 0.7, 3: 0.3}}}``.

    Parameters
    ----------
    chances : mapping of int to float
        Value: its probability; they sum to 1. [1]
    """

    scipy_name = "rv_discrete"
    chances: Mapping[Count, Share]

    def __hash__(self) -> int:
        return hash(tuple(self.chances.items()))

    @model_validator(mode="after")
    def _sums_to_one(self) -> Discrete:
        total = math.fsum(self.chances.values())
        if abs(total - 1) > 1e-9:
            text = _("chances must sum to 1, got {total}")
            raise PydanticCustomError("discrete", text, {"total": f"{total:g}"})
        return self

    def sample(self, generator: Generator, size: int) -> np.ndarray:
        values = np.array(list(self.chances))
        # A search by hand uses one uniform a draw, so splitting the size changes nothing.
        edges = np.cumsum(list(self.chances.values()))[:-1]
        return values[np.searchsorted(edges, generator.random(size), side="right")]

    def scipy_parameters(self) -> dict[str, Any]:
        return {"values": (list(self.chances), list(self.chances.values()))}


def _require_order(low: float, high: float, between: float | None = None) -> None:
    mode = low if between is None else between
    if not low < high or not low <= mode <= high:
        text = _("must be ordered low <= mode <= high with low < high, got {low}, {mode}, {high}")
        shown = {"low": f"{low:g}", "mode": f"{mode:g}", "high": f"{high:g}"}
        raise PydanticCustomError("distribution", text, shown)


def _require_mean_above(mean: float, at_least: int) -> None:
    if mean <= at_least:
        text = _("mean must be > at_least ({low}), got {mean}")
        raise PydanticCustomError("distribution", text, {"low": at_least, "mean": f"{mean:g}"})


def _require_count(law: Distribution) -> Distribution:
    if not law.is_count:
        text = _("must be a law of whole numbers: {laws}, or a whole constant; got {got}")
        laws = "poisson, geometric, negative_binomial, discrete"
        shown = {"laws": laws, "got": DISTRIBUTIONS.name_of(law)}
        raise PydanticCustomError("count", text, shown)
    return law


#: The type of a field that holds a distribution.
Spread = Annotated[Any, OneOf(DISTRIBUTIONS, bare_number="constant.value")]
#: The same, of whole numbers only.
CountSpread = Annotated[Spread, AfterValidator(_require_count)]
