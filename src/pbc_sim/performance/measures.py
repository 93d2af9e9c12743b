"""How is a KPI counted: numerators and denominators per review period.

Lives here: what a KPI is, its catalogue, and how its facts are summed over periods.
May not live here: a single KPI (`kpis/`), targets, payments.
A KPI is a function that says which facts count, when, and how much; summing them over review
periods is the same for all and stands here once.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar

import numpy as np

from pbc_sim.catalogue import Catalogue
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.language import noted, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.periods import Review, ReviewPeriods
from pbc_sim.performance.sums import added
from pbc_sim.world.calendar import BusinessCalendar, Duration

__all__ = [
    "KPIS",
    "Counted",
    "Facts",
    "Kpi",
    "KpiWords",
    "Measure",
    "Spans",
    "due_later",
    "kpi",
    "measure",
    "passed_within",
    "summed",
]

#: What a contract excuses, in words that are translated.
EXCUSED = {"force_majeure": noted("force majeure"), "buyer": noted("the buyer's doing")}


@dataclass(frozen=True)
class Counted:
    """Facts that count at an instant.

    Parameters
    ----------
    when : ndarray of shape (n_facts,)
        Instant that decides in which review period a fact counts. [day]
    part, whole : ndarray of shape (n_facts,)
        What each adds to numerator and denominator, in the KPI's unit and as a count.
    evidence : ndarray of shape (n_facts,)
        The order or order line behind each fact (see `Kpi.counts`).
    """

    when: np.ndarray
    part: np.ndarray
    whole: np.ndarray
    evidence: np.ndarray

    @classmethod
    def one_each(cls, when: np.ndarray, evidence: np.ndarray) -> Counted:
        """Count each fact once, at its instant."""
        ones = np.ones(len(when))
        return cls(when, ones, ones, evidence)


@dataclass(frozen=True)
class Spans:
    """Facts that last.

    Parameters
    ----------
    begin, end : ndarray of shape (n_facts,)
        From when until when; an end at infinity means to the end of the record. [day]
    part, whole : ndarray of shape (n_facts,)
        What each adds per day to numerator and denominator.
    evidence : ndarray of shape (n_facts,)
        The order or order line behind each fact (see `Kpi.counts`).
    working : BusinessCalendar, optional
        Where only working time counts: its calendar, and part and whole are per business day.
    """

    begin: np.ndarray
    end: np.ndarray
    part: np.ndarray
    whole: np.ndarray
    evidence: np.ndarray
    working: BusinessCalendar | None = None


Facts = Counted | Spans
Counts = Literal["orders", "lines", "items", "machines", "calls", "units"]
KpiFunction = Callable[..., Facts]
F = TypeVar("F", bound=KpiFunction)


@dataclass(frozen=True)
class KpiWords:
    """What a KPI is called in a contract.

    Parameters
    ----------
    label, meaning, formula : str
        Name, definition in one sentence, and what is divided by what.
    unit : str
        Its unit; empty for shares and money.
    """

    label: str
    meaning: str
    formula: str
    unit: str = ""


@dataclass(frozen=True)
class Kpi:
    """A key performance indicator, with all that an auditor asks.

    Parameters
    ----------
    name, label, unit, source : str
        Key, name for people, unit ("1" for a share), and where the definition comes from.
    better : {"higher", "lower"}
        Which way is better.
    bounds : tuple of float
        Smallest and largest possible value.
    counts : {"orders", "lines", "items", "machines", "calls", "units"}
        What `evidence` numbers.
    kind : {"ratio", "total", "percentile"}
        Numerator over denominator, numerator alone, or a percentile of the parts.
    percentile : float
        Of a percentile KPI, the share of facts at or below the value. [1]
    sampled : bool
        Whether it asks a sample, so that a share that it finds has a sampling error.
    facts : callable
        ``facts(ledger, periods, **settings)`` returning `Counted` or `Spans`.
    formula : str
        What is divided by what, in words.
    data : tuple of str
        The tables of the ledger that it is read from, as an auditor would ask for them.
    indonesian : KpiWords, optional
        The same words in Indonesian.
    """

    name: str
    label: str
    unit: str
    better: Literal["higher", "lower"]
    bounds: tuple[float, float]
    source: str
    counts: Counts
    kind: Literal["ratio", "total", "percentile"]
    percentile: float
    sampled: bool
    facts: KpiFunction
    formula: str = ""
    data: tuple[str, ...] = ()
    indonesian: KpiWords | None = None

    @cached_property
    def settings(self) -> dict[str, inspect.Parameter]:
        """What a clause may set, by name; a setting without a default must be given."""
        parameters = inspect.signature(self.facts).parameters
        return {n: p for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY}

    @property
    def description(self) -> str:
        """First line of the function's docstring."""
        return (inspect.getdoc(self.facts) or "").split("\n")[0]

    @property
    def meaning(self) -> str:
        """The definition as a contract says it: the description without its unit."""
        return re.sub(r" \[[^\]]+\]\.$", ".", self.description)

    @property
    def in_english(self) -> KpiWords:
        """The English words, which stand with the definition itself."""
        return KpiWords(self.label, self.meaning, self.formula, self.unit)

    @property
    def in_words(self) -> KpiWords:
        """The words of the language spoken now."""
        return self.in_english if spoken() == "en" else self.in_indonesian

    @property
    def in_indonesian(self) -> KpiWords:
        """The Indonesian words.

        Raises
        ------
        PbcError
            If there are none.
        """
        if self.indonesian is None:
            raise PbcError(
                f"KPI '{self.name}' has no Indonesian words; give it "
                "indonesian=KpiWords(...) where it is defined."
            )
        return self.indonesian

    @property
    def worst(self) -> float:
        """The bound at the worse end."""
        return self.bounds[0] if self.better == "higher" else self.bounds[1]


KPIS: Catalogue[Kpi] = Catalogue("KPI")


def kpi(  # noqa: PLR0913 - all but the first are named where they are given
    label: str,
    *,
    unit: str,
    better: Literal["higher", "lower"],
    bounds: tuple[float, float],
    source: str,
    counts: Counts = "orders",
    kind: Literal["ratio", "total", "percentile"] = "ratio",
    percentile: float = float("nan"),
    sampled: bool = False,
    formula: str = "",
    data: tuple[str, ...] = (),
    indonesian: KpiWords | None = None,
) -> Callable[[F], F]:
    """File a function as a KPI under its own name, and return it unchanged; see `Kpi`."""

    def file(function: F) -> F:
        name = function.__name__
        entry = Kpi(
            name, label, unit, better, bounds, source, counts, kind, percentile, sampled, function,
            formula, data, indonesian,
        )  # fmt: skip
        KPIS.register(name)(entry)
        return function

    return file


@dataclass(frozen=True)
class Measure:
    """A KPI as one contract measures it: settings, review, term.

    Parameters
    ----------
    kpi : str
        Name of the KPI.
    settings : tuple of (str, value)
        What the clause sets, sorted by name.
    review : str
        Length of the review periods.
    months : int, optional
        Length of the term; None for the whole measured horizon.
    """

    kpi: str
    settings: tuple[tuple[str, Any], ...] = ()
    review: Review = "month"
    months: int | None = None
    entry: Kpi = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        entry = KPIS.find(self.kpi)
        object.__setattr__(self, "entry", entry)
        given = dict(self.settings)
        for name in given:
            if name not in entry.settings:
                raise PbcError(
                    f"KPI '{self.kpi}': {unknown_name('setting', name, entry.settings)}"
                    if entry.settings
                    else _("KPI '{kpi}' has no setting '{name}'; leave it out.").format(
                        kpi=self.kpi, name=name
                    )
                )
        for name, parameter in entry.settings.items():
            if parameter.default is parameter.empty and name not in given:
                text = _("KPI '{kpi}' needs '{name}'; add it to the clause.")
                raise PbcError(text.format(kpi=self.kpi, name=name))
        if "notice_within" in given and "excluding" not in given:
            raise PbcError(
                f"KPI '{self.kpi}': notice_within says when orders are left out, and nothing is "
                "left out; add excluding: [force_majeure]."
            )

    @classmethod
    def of(
        cls, kpi: str, *, review: Review = "month", months: int | None = None, **settings: Any
    ) -> Measure:
        """Return the measure with these settings."""
        return cls(kpi, tuple(sorted(settings.items())), review, months)

    def facts(self, ledger: Ledger, periods: ReviewPeriods) -> Facts:
        """Return the facts that count."""
        return self.entry.facts(ledger, periods, **dict(self.settings))

    def __str__(self) -> str:
        shown = [_said(name, value) for name, value in self.settings]
        shown.append(f"per {self.review.replace('_', '-')}")
        return f"{self.kpi} ({', '.join(shown)})"

    def said(self) -> str:
        """Return label, limit, excuses and review in the language spoken now; `str` names keys."""
        given = dict(self.settings)
        shown = [given["limit"].said()] if given.get("limit") else []
        if given.get("excluding"):
            causes = ", ".join(_(EXCUSED[cause]) for cause in given["excluding"])
            shown.append(_("excused: {causes}").format(causes=causes))
        shown.append(_("per {review}").format(review=_(self.review.replace("_", "-"))))
        return f"{self.entry.in_words.label} ({', '.join(shown)})"


def _said(name: str, value: Any) -> str:
    if isinstance(value, Duration):
        return f"{name} {value}"
    if isinstance(value, tuple):
        value = " and ".join(value)
    shown = f"{value:g}" if isinstance(value, float) else value
    return f"{name.replace('_', ' ')} {shown}"


def measure(ledger: Ledger, measure_: Measure, periods: ReviewPeriods) -> np.ndarray:
    """Measure a KPI over review periods; see `summed`."""
    return summed(measure_.facts(ledger, periods), measure_.entry, periods)


def due_later(facts: Facts, periods: ReviewPeriods) -> int:
    """Return how many facts fall after the last period, and so count nowhere."""
    if isinstance(facts, Spans):
        return 0
    return int(np.count_nonzero((facts.when >= periods.edges[-1]) & np.isfinite(facts.when)))


def summed(facts: Facts, entry: Kpi, periods: ReviewPeriods) -> np.ndarray:
    """Sum a KPI's facts over review periods.

    Returns
    -------
    ndarray of shape (3, n_periods)
        Numerator, denominator (0 in an empty period), and number of facts: their count, or for
        facts that last their `whole` times days. A percentile has its value as numerator and 1 as
        denominator. A total has 1 as denominator and is itself one fact: no event is 0, not empty.
    """
    if isinstance(facts, Spans):
        passed = _passed(facts, periods.edges)
        # What passed within each period first, or rounding could make a sum of nothing negative.
        within = np.diff(passed, axis=0)
        numerator, denominator = added(within * facts.part), added(within * facts.whole)
        size = denominator
    else:
        # What falls into no period is summed beside them, which is faster than leaving it out.
        period = np.searchsorted(periods.edges, facts.when, side="right")
        if entry.kind == "percentile":
            return _percentiles(period - 1, facts.part, len(periods), entry.percentile)
        numerator = np.bincount(period, facts.part, len(periods) + 2)[1:-1]
        denominator = np.bincount(period, facts.whole, len(periods) + 2)[1:-1]
        size = denominator
    if entry.kind == "total":
        denominator = size = np.ones(len(periods))
    return np.array([numerator, denominator, size])


def passed_within(spans: Spans, begin: float, end: float) -> float:
    """Return the parts of spans summed over the time between two instants."""
    return float(np.diff(_passed(spans, np.array([begin, end])) @ spans.part)[0])


def _passed(facts: Spans, edges: np.ndarray) -> np.ndarray:
    """Return how much of each span has passed at each edge, shape (n_edges, n_facts) [day]."""
    begin, end = facts.begin, np.maximum(facts.begin, facts.end)
    if facts.working:
        begin, end, edges = (facts.working.worked(times) for times in (begin, end, edges))
    passed: np.ndarray = np.clip(edges[:, None], begin, end) - begin
    return passed


def _percentiles(
    period: np.ndarray, values: np.ndarray, n_periods: int, share: float
) -> np.ndarray:
    size = np.bincount(period[(period >= 0) & (period < n_periods)], minlength=n_periods)
    value = np.zeros(n_periods)
    for p in np.flatnonzero(size):
        value[p] = np.quantile(values[period == p], share, method="inverted_cdf")
    return np.array([value, size > 0, size])
