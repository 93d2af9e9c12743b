"""How content are the receiving units with what they get.

Lives here: KPIs of ratings and surveys. May not live here: targets, payments.
To add a KPI: write one function below with `@kpi`; nothing else changes.
A survey asks some units and not all of them at all times, so a share that it finds has a sampling
error, which statements say.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.world.satisfaction import BEST_MARK, WORST_MARK

__all__ = ["mean_rating", "response_share", "satisfied_share"]

Aspect = Literal["overall", "time", "completeness", "condition"]


@kpi(
    "Mean rating of deliveries",
    unit="point",
    better="higher",
    bounds=(WORST_MARK, BEST_MARK),
    source="the seed article: receiving units rate each delivery on time, completeness, condition",
    formula="sum of the marks / deliveries rated",
    data=("ratings",),
    indonesian=KpiWords(
        "Nilai rata-rata penerimaan barang",
        "Rata-rata nilai 1 sampai 5 atas penyerahan barang yang dinilai pada periode tersebut.",
        "jumlah nilai / penyerahan barang yang dinilai",
        "poin",
    ),
)
def mean_rating(ledger: Ledger, periods: ReviewPeriods, *, aspect: Aspect = "overall") -> Counted:
    """Mean mark from 1 to 5 of the deliveries that were rated in the period.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    aspect : {"overall", "time", "completeness", "condition"}
        Which mark; overall is the mean of the three.

    Returns
    -------
    Counted
        One fact a rated order, when it was rated. [point]

    Examples
    --------
    Wrong items cost marks on completeness alone.

    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("mean_rating", example_ledger(), aspect="completeness")
    3.0
    >>> value_of("mean_rating", example_ledger(), aspect="condition")
    5.0
    """
    ratings = ledger.ratings
    columns = [ratings.time, ratings.completeness, ratings.condition]
    marks = np.mean(columns, axis=0) if aspect == "overall" else getattr(ratings, aspect)
    return Counted(ratings.when, marks.astype(float), np.ones(len(marks)), ratings.order)


@kpi(
    "Satisfied share",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="the seed article, IV: at least 85% of users satisfied, by survey",
    counts="units",
    sampled=True,
    formula="answers that are satisfied / answers received",
    data=("survey",),
    indonesian=KpiWords(
        "Proporsi pengguna yang puas",
        "Persentase jawaban survei pada periode tersebut yang menyatakan puas.",
        "jawaban yang menyatakan puas / jawaban yang diterima",
    ),
)
def satisfied_share(
    ledger: Ledger, periods: ReviewPeriods, *, satisfied_from: float = 4.0
) -> Counted:
    """Share of the survey answers of the period that are satisfied.

    Parameters
    ----------
    ledger : Ledger
        The facts of one replication.
    periods : ReviewPeriods
        The review periods.
    satisfied_from : float
        Lowest score, from 1 to 5, that counts as satisfied. [point]

    Returns
    -------
    Counted
        One fact an answer, when the survey was held; who does not answer does not count. [1]

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("satisfied_share", example_ledger())
    1.0
    >>> value_of("satisfied_share", example_ledger(), satisfied_from=5)
    0.3333333333333333
    """
    survey = ledger.survey
    answered = np.isfinite(survey.score)
    satisfied = (survey.score >= satisfied_from)[answered].astype(float)
    return Counted(survey.when[answered], satisfied, np.ones(len(satisfied)), survey.unit[answered])


@kpi(
    "Response share",
    unit="1",
    better="higher",
    bounds=(0, 1),
    source="AAPOR Standard Definitions: response rate RR1, answers over units asked",
    counts="units",
    formula="units that answered / units asked",
    data=("survey",),
    indonesian=KpiWords(
        "Tingkat respons survei",
        "Persentase unit kerja yang disurvei pada periode tersebut yang memberi jawaban.",
        "unit kerja yang menjawab / unit kerja yang disurvei",
    ),
)
def response_share(ledger: Ledger, periods: ReviewPeriods) -> Counted:
    """Share of the units asked in the period's surveys that answered [1].

    Examples
    --------
    >>> from pbc_sim.performance.example import example_ledger, value_of
    >>> value_of("response_share", example_ledger())
    1.0
    """
    survey = ledger.survey
    answered = np.isfinite(survey.score).astype(float)
    return Counted(survey.when, answered, np.ones(len(answered)), survey.unit)
