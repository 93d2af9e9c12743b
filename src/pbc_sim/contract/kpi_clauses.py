"""What performance is agreed: a KPI with its limit, target, review and rules for thin data.

Lives here: the KPI clause of a contract. May not live here: money (`incentives.py`), the KPI's
definition (`performance/kpis/`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_type_hints

import numpy as np
from pydantic import create_model, model_validator
from pydantic_core import PydanticCustomError

from pbc_sim.contract.bounds import out_of_bounds
from pbc_sim.contract.moving_targets import Month, Ratchet
from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.figures import count
from pbc_sim.inputs import Count, Level, PositiveCount, PositiveNumber, Written, number
from pbc_sim.language import spoken
from pbc_sim.language import translated as _
from pbc_sim.performance.measures import KPIS, Kpi, Measure
from pbc_sim.performance.periods import Review
from pbc_sim.performance.setting_words import EXCLUSIONS, SAID
from pbc_sim.performance.words import Words

__all__ = ["KpiClause", "Target", "WrittenKpi"]


class Target(Written):
    """The value that must be reached; exactly one of the four.

    Parameters
    ----------
    at_least : float
        Reached or exceeded, where more is better. [as the KPI]
    above : float
        Exceeded, where more is better. [as the KPI]
    at_most : float
        Reached or less, where less is better. [as the KPI]
    below : float
        Less, where less is better. [as the KPI]

    Examples
    --------
    >>> str(Target(below=0.01)), Target(below=0.01).strict
    ('below 0.01', True)
    """

    at_least: Level | None = None
    above: Level | None = None
    at_most: Level | None = None
    below: Level | None = None

    @model_validator(mode="after")
    def _is_one_level(self) -> Target:
        if sum(level is not None for _, level in self) != 1:
            raise PydanticCustomError(
                "target", _("must give exactly one of at_least, above, at_most and below")
            )
        return self

    @cached_property
    def _given(self) -> tuple[str, float]:
        return next((name, level) for name, level in self.__dict__.items() if level is not None)

    @property
    def level(self) -> float:
        """The value itself, in the unit of the KPI."""
        return self._given[1]

    @property
    def direction(self) -> Literal["higher", "lower"]:
        """Which way is better under this target."""
        return "higher" if self._given[0] in ("at_least", "above") else "lower"

    @property
    def strict(self) -> bool:
        """Whether the level itself misses the target."""
        return self._given[0] in ("above", "below")

    def is_met(self, value: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Tell which values reach a level under this target's direction and strictness."""
        if self.direction == "higher":
            return value > level if self.strict else value >= level
        return value < level if self.strict else value <= level

    def is_exceeded(self, value: np.ndarray, level: np.ndarray) -> np.ndarray:
        """Tell which values reach an incentive level in this target's direction."""
        return value >= level if self.direction == "higher" else value <= level

    def clause(self, words: Words, kpi: Kpi) -> str:
        """Say the target as part of a sentence."""
        return self.worded(words, words.level(kpi, self.level))

    def worded(self, words: Words, value: str) -> str:
        """Say the target with its level as it is written."""
        english, indonesian = {
            "at_least": ("at least", "paling rendah"),
            "above": ("more than", "lebih dari"),
            "at_most": ("at most", "paling tinggi"),
            "below": ("less than", "kurang dari"),
        }[self._given[0]]
        return words.pick(english=f"{english} {value}", indonesian=f"{indonesian} {value}")

    def __str__(self) -> str:
        return f"{self._given[0].replace('_', ' ')} {self.level:,.4g}"

    def said(self) -> str:
        """Return the target in the language spoken now."""
        return str(self) if spoken() == "en" else self.worded(Words("id"), count(self.level))


Aggregate = Literal["average_then_curve", "curve_then_average", "worst_period"]


class _KpiClause(Written):
    """A KPI of a contract; beside these fields it takes the settings of the KPI it names.

    Parameters
    ----------
    measure : str
        Name of the KPI.
    target : Target
        The required level.
    incentive_level : float, optional
        The level that exceeds expectations, in the target's direction. [as the KPI]
    review : str, optional
        Length of its review periods; the contract's where empty.
    when_empty : {"met", "missed", "carry"}
        What a period without enough facts means: the target is met, or missed, or the last known
        value still holds (met where there is none).
    min_sample : int
        Facts that a period needs to be judged: orders, lines or units, as the KPI counts them; for
        shares of time, items times days. A total is always known and takes none. [1]
    dead_band : float
        Deviation from the target, either way, that counts as the target itself. [as the KPI]
    from_period : int
        First payment period, counted from 1, in which it is reviewed. [period]
    rolling : int
        Reviews that a value looks back on, the newest one included: sums over sums; a total is
        summed. [review]
    aggregate : {"average_then_curve", "curve_then_average", "worst_period"}, optional
        Needed where the review is shorter than a payment period: the mean of its values is judged
        and priced; or each is priced and the mean is paid; or the worst one counts.
    seasonal : mapping of month to float
        Level in the place of the target's own in reviews that begin in a month, as
        ``{december: 0.9}``. [as the KPI]
    ratchet : Ratchet, optional
        Review clause that moves the target towards what was achieved.
    drop_after : int, optional
        Reviews met in a row after which the KPI is no longer reviewed. [review]
    """

    measure: str
    target: Target
    incentive_level: Level | None = None
    review: Review | None = None
    when_empty: Literal["met", "missed", "carry"] = "met"
    min_sample: Count = 1
    dead_band: Annotated[float, number("1", ge=0)] = 0.0
    from_period: PositiveCount = 1
    rolling: PositiveCount = 1
    aggregate: Aggregate | None = None
    seasonal: Mapping[Month, Level] = {}
    ratchet: Ratchet | None = None
    drop_after: PositiveCount | None = None

    @model_validator(mode="after")
    def _fits_its_kpi(self) -> _KpiClause:
        if self.measure not in KPIS:
            message = unknown_name("KPI", self.measure, KPIS)
            raise PydanticCustomError("unknown_value", "{m}", {"m": message, "field": "measure"})
        kpi = KPIS[self.measure]
        if self.target.direction != kpi.better:
            words = _("at_least or above") if kpi.better == "higher" else _("at_most or below")
            text = _(
                "target of '{kpi}' is in the wrong direction: {better} is better, so use {words}"
            )
            shown = {"kpi": self.measure, "better": _(kpi.better), "words": words}
            raise PydanticCustomError("direction", text, shown | {"field": "target"})
        self._lies_within(kpi, "target", self.target.level)
        if kpi.kind == "total" and self.min_sample > 1:
            text = _("'{kpi}' is a total, and known if nothing happens too; leave min_sample out")
            raise PydanticCustomError("sample", text, {"kpi": kpi.name, "field": "min_sample"})
        if self.incentive_level is not None:
            self._lies_within(kpi, "incentive_level", self.incentive_level)
            level, target = np.array(self.incentive_level), np.array(self.target.level)
            if not self.target.is_exceeded(level, target):
                text = _("incentive_level must meet the target ({target}), got {level}")
                shown = {"target": self.target.said(), "level": f"{self.incentive_level:g}"}
                raise PydanticCustomError("level", text, shown)
        self._moves_within(kpi)
        if kpi.kind == "percentile" and self.rolling > 1:
            text = _(
                "'{kpi}' is a percentile, which cannot be summed over reviews; lengthen its review"
            )
            raise PydanticCustomError("rolling", text, {"kpi": kpi.name, "field": "rolling"})
        try:
            self.measured("month", None)
        except PbcError as error:
            raise PydanticCustomError("setting", "{m}", {"m": str(error)}) from None
        return self

    def _moves_within(self, kpi: Kpi) -> None:
        for month, level in self.seasonal.items():
            self._lies_within(kpi, f"seasonal.{month}", level)
        if not self.ratchet:
            return
        if self.seasonal:
            text = _("a target moves either by seasonal or by ratchet; leave one of them out")
            raise PydanticCustomError("ratchet", text, {"field": "ratchet"})
        self._lies_within(kpi, "ratchet.up_to", self.ratchet.up_to)
        target = np.array(self.target.level)
        if not self.target.is_exceeded(np.array(self.ratchet.up_to), target):
            text = _("up_to of the ratchet must be as good as the target ({target}), got {level}")
            shown = {"target": self.target.said(), "level": f"{self.ratchet.up_to:g}"}
            raise PydanticCustomError("ratchet", text, shown | {"field": "ratchet"})

    @property
    def moves(self) -> bool:
        """Whether the required level may differ from review to review."""
        return bool(self.seasonal) or self.ratchet is not None

    @property
    def judges_each_alone(self) -> bool:
        """Whether each review is judged by its own facts and at the same level as all others."""
        several = self.rolling > 1 or self.aggregate is not None or self.drop_after is not None
        return not several and not self.moves

    def structure(self) -> tuple[Any, ...]:
        """Return what must be equal for contracts to be read as one array: all but numbers."""
        return (
            *(self.target.direction, self.target.strict, self.when_empty, self.aggregate),
            *(self.from_period, self.rolling, tuple(self.seasonal)),
            *(self.ratchet is None, self.drop_after is None),
        )

    def _lies_within(self, kpi: Kpi, field: str, level: float) -> None:
        problem = out_of_bounds(kpi, f"{field} of '{kpi.name}'", level)
        if problem:
            raise PydanticCustomError("bounds", "{m}", {"m": problem, "field": field})

    @property
    def kpi(self) -> Kpi:
        """The KPI's own definition."""
        return KPIS[self.measure]

    def measured(self, review: Review, months: int | None) -> Measure:
        """Return what has to be measured, in a contract with that review and term."""
        return Measure.of(
            self.measure,
            review=self.review or review,
            months=months,
            **{name: getattr(self, name) for name in SETTINGS if getattr(self, name) is not None},
        )

    def particulars(self, words: Words, review: Review) -> list[tuple[str, str]]:
        """Return what the contract says of the KPI, as pairs of heading and sentence.

        Parameters
        ----------
        words : Words
            The language.
        review : str
            The contract's review period, for clauses that name none.
        """
        kpi, english = self.kpi, words.language == "en"
        said = self._settings_said(words)
        rows = [
            ("Definition" if english else "Definisi", words.meaning(kpi)),
            (
                "Formula" if english else "Rumus",
                words.pick(
                    english=f"It is worked out as: {words.formula(kpi)}.",
                    indonesian=f"Dihitung sebagai: {words.formula(kpi)}.",
                ),
            ),
            ("Source of data" if english else "Sumber data", self._source_said(words)),
            ("How it is counted" if english else "Cara menghitung", said["counting"]),
            (
                "Review period" if english else "Periode evaluasi",
                words.paragraph(
                    self._review_said(words, self.review or review), self._rhythm_said(words)
                ),
            ),
            ("Target", words.paragraph(self._target_said(words), self._moves_said(words))),
            ("Tolerance" if english else "Toleransi", self._dead_band_said(words)),
            ("Too little data" if english else "Data tidak cukup", self._empty_said(words)),
            ("Exclusions" if english else "Pengecualian", said["exclusions"]),
        ]
        # A modifier of the clause, in a field of its own, brings its own sentence.
        for name in type(self).model_fields:
            value = getattr(self, name)
            if name not in (*WORDED, *SETTINGS) and hasattr(value, "clause"):
                further = words.pick(english="Further", indonesian="Lainnya")
                rows.append((further, value.clause(words)))
        return [(heading, sentence) for heading, sentence in rows if sentence]

    def _moves_said(self, words: Words) -> str:
        """Say which target holds when."""
        seasons = words.listed(
            words.pick(
                english=f"{words.level(self.kpi, level)} in {words.month(month)}",
                indonesian=f"{words.level(self.kpi, level)} pada {words.month(month)}",
            )
            for month, level in self.seasonal.items()
        )
        seasonal = words.pick(
            english=f"In reviews that begin in these months its level is instead {seasons}.",
            indonesian=f"Untuk evaluasi yang dimulai pada bulan-bulan ini, tingkatnya adalah "
            f"{seasons}.",
        )
        moves = self.ratchet and self.ratchet.clause(words, self.kpi)
        return words.paragraph(seasonal if self.seasonal else "", moves or "")

    def _rhythm_said(self, words: Words) -> str:
        """Say when the KPI is reviewed beyond its review period."""
        first = words.number(self.from_period)
        back = words.counted(self.rolling, "review", "evaluasi")
        met = words.counted(self.drop_after or 0, "review", "evaluasi")
        together = {
            None: "",
            "average_then_curve": words.pick(
                english="Of several reviews in a payment period the mean value is judged and "
                "priced.",
                indonesian="Dari beberapa evaluasi dalam satu periode pembayaran, nilai rata-rata "
                "yang dinilai dan diperhitungkan.",
            ),
            "curve_then_average": words.pick(
                english="Of several reviews in a payment period each is priced, and the mean of "
                "the amounts is due.",
                indonesian="Dari beberapa evaluasi dalam satu periode pembayaran, masing-masing "
                "diperhitungkan, dan rata-rata jumlahnya yang berlaku.",
            ),
            "worst_period": words.pick(
                english="Of several reviews in a payment period the worst one counts.",
                indonesian="Dari beberapa evaluasi dalam satu periode pembayaran, yang terburuk "
                "yang berlaku.",
            ),
        }[self.aggregate]
        return words.paragraph(
            words.pick(
                english=f"It is reviewed from payment period {first} on.",
                indonesian=f"Evaluasi dimulai pada periode pembayaran ke-{first}.",
            )
            if self.from_period > 1
            else "",
            words.pick(
                english=f"Each review looks back on {back}, the newest included.",
                indonesian=f"Setiap evaluasi mencakup {back} terakhir, termasuk yang terbaru.",
            )
            if self.rolling > 1
            else "",
            together,
            words.pick(
                english=f"After {met} met in a row it is no longer reviewed.",
                indonesian=f"Setelah target tercapai pada {met} berturut-turut, KPI ini tidak "
                "dievaluasi lagi.",
            )
            if self.drop_after
            else "",
        )

    def _settings_said(self, words: Words) -> dict[str, str]:
        given: dict[str, list[str]] = {"counting": [], "exclusions": []}
        for name, parameter in self.kpi.settings.items():
            value = getattr(self, name)
            value = parameter.default if value is None else value
            if value is not None:
                kind = "exclusions" if name in EXCLUSIONS else "counting"
                given[kind].append(SAID[name](words, value))
        return {kind: words.paragraph(*sentences) for kind, sentences in given.items()}

    def _source_said(self, words: Words) -> str:
        excuses = ("disruptions", "touched") if getattr(self, "excluding", None) else ()
        tables = words.tables((*self.kpi.data, *excuses))
        return words.pick(
            english=f"It is read from the records of {tables}.",
            indonesian=f"Datanya berasal dari catatan {tables}.",
        )

    def _review_said(self, words: Words, review: Review) -> str:
        if review == "term":
            return words.pick(
                english="It is measured over the whole term and reviewed once, at its end.",
                indonesian="Diukur selama jangka waktu kontrak dan dievaluasi satu kali, pada "
                "akhir jangka waktu itu.",
            )
        period = words.period(review)
        return words.pick(
            english=f"It is measured over each {period} of the term and reviewed at its end.",
            indonesian=f"Diukur untuk setiap {period} dalam jangka waktu kontrak dan dievaluasi "
            "pada akhir periode itu.",
        )

    def _target_said(self, words: Words) -> str:
        target = self.target.clause(words, self.kpi)
        said = words.pick(
            english=f"The target is {target}.", indonesian=f"Targetnya adalah {target}."
        )
        if self.incentive_level is None:
            return said
        level = words.level(self.kpi, self.incentive_level)
        higher = self.target.direction == "higher"
        return words.paragraph(
            said,
            words.pick(
                english=f"The incentive level is {level} or {'more' if higher else 'less'}.",
                indonesian=f"Tingkat insentifnya adalah {level} atau "
                f"{'lebih' if higher else 'kurang'}.",
            ),
        )

    def _dead_band_said(self, words: Words) -> str:
        if not self.dead_band:
            return ""
        band = words.distance(self.kpi, self.dead_band)
        return words.pick(
            english=f"A deviation of up to {band} from the target, either way, counts as the "
            "target itself.",
            indonesian=f"Penyimpangan sampai {band} dari target, ke arah mana pun, dianggap sama "
            "dengan target.",
        )

    def _empty_said(self, words: Words) -> str:
        if self.kpi.kind == "total":
            return words.pick(
                english="If nothing happens in a period, the number is zero.",
                indonesian="Apabila tidak ada kejadian pada suatu periode, jumlahnya adalah nol.",
            )
        least, counts = words.number(self.min_sample), words.counts(self.kpi)
        english, indonesian = {
            "met": ("counts as meeting the target", "dianggap mencapai target"),
            "missed": ("counts as missing the target", "dianggap tidak mencapai target"),
            "carry": (
                (
                    "has the value of the last period that could be judged; before any such period "
                    "it counts as meeting the target"
                ),
                (
                    "memakai nilai periode terakhir yang dapat dinilai; sebelum ada periode "
                    "seperti itu, dianggap mencapai target"
                ),
            ),
        }[self.when_empty]
        some = self.min_sample > 1
        if self.kpi.kind == "percentile":
            return words.pick(
                english=f"A period with {f'fewer than {least}' if some else 'no'} {counts} "
                f"{english}.",
                indonesian=f"Periode {f'dengan kurang dari {least}' if some else 'tanpa'} {counts} "
                f"{indonesian}.",
            )
        return words.pick(
            english=f"A period in which the divisor is {f'less than {least}' if some else 'zero'} "
            f"{english}.",
            indonesian=f"Periode dengan pembagi {f'kurang dari {least}' if some else 'nol'} "
            f"{indonesian}.",
        )


def _settings() -> dict[str, Any]:
    """Collect the settings of all KPIs with their types, so that a new KPI brings its own."""
    found: dict[str, Any] = {}
    for kpi in KPIS.values():
        hints = get_type_hints(kpi.facts, include_extras=True)
        for name in kpi.settings:
            hint = PositiveNumber if hints[name] is float else hints[name]
            if found.setdefault(name, hint) != hint and found[name] != hint | None:
                found[name] = found[name] | hint
    return found


SETTINGS = _settings()

#: Fields that `particulars` words itself; any other must be a section with a `clause`.
WORDED = (
    *("measure", "target", "incentive_level", "review"),
    *("when_empty", "min_sample", "dead_band"),
    *("from_period", "rolling", "aggregate", "seasonal", "ratchet", "drop_after"),
)

_fields: dict[str, Any] = {name: (hint | None, None) for name, hint in SETTINGS.items()}
KpiClause = create_model(
    "KpiClause", __base__=_KpiClause, __doc__=_KpiClause.__doc__, __module__=__name__, **_fields
)
WrittenKpi = _KpiClause
