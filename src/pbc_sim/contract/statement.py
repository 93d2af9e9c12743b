"""Why is this paid: one period of one contract as a statement that a lawyer can follow.

Lives here: the words around a settlement, down to the orders behind each KPI.
May not live here: arithmetic that decides what is paid; the statement reads the settled block.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.block import Block, Reading
from pbc_sim.contract.evidence import behind
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.limits import Gate, gate_is_open
from pbc_sim.contract.naming import kpi_label, mechanism_said, target_said
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.pricing import Settled, settle_block, stages
from pbc_sim.contract.streaks import streak
from pbc_sim.contract.terms import Contract
from pbc_sim.errors import PbcError
from pbc_sim.figures import count, money, numeral, share
from pbc_sim.language import noted, said, spoken
from pbc_sim.language import translated as _
from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance.measures import Measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.performance.words import Words
from pbc_sim.printed import Printed

__all__ = ["Statement", "state"]

#: Room for what the heading names, in either language.
WIDEST_KEY = 12
#: How a review with too few facts is judged, as the clause says by `when_empty`.
WHEN_EMPTY = {
    "carry": noted("judged as the review before"),
    "met": noted("judged as met"),
    "missed": noted("judged as missed"),
}


@dataclass(frozen=True, repr=False)
class Statement(Printed):
    """What is paid in one period, and why.

    Parameters
    ----------
    heading : tuple of (str, str)
        What the statement is about.
    kpis : DataFrame
        One row a KPI: numerator, denominator, value, target, verdict.
    lines : DataFrame
        One row a payment line: clause, arithmetic, amount [currency]; the last is the total.
    evidence : mapping of str to list of str
        The orders behind each KPI and each counted event.
    currency : str
        ISO 4217 code.
    """

    heading: tuple[tuple[str, str], ...]
    kpis: pd.DataFrame
    lines: pd.DataFrame
    evidence: dict[str, list[str]]
    currency: str

    @property
    def total(self) -> float:
        """What the buyer pays the supplier for the period [currency]."""
        return float(self.lines["amount"].iloc[-1])

    def __str__(self) -> str:
        parts = ["\n".join(f"{key:<{WIDEST_KEY}} {value}" for key, value in self.heading)]
        if len(self.kpis):
            parts.append(f"{_('KPIs')}\n" + _table(_headed(self.kpis)))
        shown = self.lines.assign(
            amount=[money(a, self.currency, exact=True) for a in self.lines["amount"]]
        )
        title = _("Payment (positive: the buyer pays the supplier)")
        parts.append(f"{title}\n{_table(_headed(shown))}")
        for title, rows in self.evidence.items():
            parts.append(f"{title}\n" + "\n".join(f"  {row}" for row in rows))
        return "\n\n".join(parts)

    __repr__ = __str__


#: Columns of the tables, whose names stay as they are in data.
HEADINGS = {
    "kpi": noted("kpi"),
    "measure": noted("measure"),
    "counted": noted("counted"),
    "value": noted("value"),
    "target": noted("target"),
    "verdict": noted("verdict"),
    "clause": noted("clause"),
    "arithmetic": noted("arithmetic"),
    "amount": noted("amount"),
}


def _headed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns=lambda name: _(HEADINGS[name]))


def _table(frame: pd.DataFrame) -> str:
    text = frame.astype(str)
    widths = [max(len(str(c)), *(len(v) for v in text[c])) for c in text]
    rows = [list(text.columns), *text.to_numpy().tolist()]
    return "\n".join(
        "  " + "  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def state(
    name: str,
    contract: Contract,
    cell: Scores,
    ledger: Ledger,
    period: int,
    currency: str,
    planned: tuple[str, str] = ("", ""),
) -> Statement:
    """Explain one payment period of a contract.

    Parameters
    ----------
    name : str
        Name of the contract.
    contract : Contract
        Its terms.
    cell : Scores
        Scores of one plan and one replication.
    ledger : Ledger
        The facts of that plan and replication.
    period : int
        Payment period, counted from 1 as people do.
    currency : str
        ISO 4217 code.
    planned : tuple of (str, str)
        What the plan is called and how it was chosen, for the heading; its name where empty.

    Raises
    ------
    PbcError
        If the term has no such period.
    """
    periods = ReviewPeriods.of(cell.setting, contract.term.review, contract.term.months)
    if not 1 <= period <= len(periods):
        raise PbcError(f"period must be 1 to {len(periods)} in contract '{name}', got {period}.")
    settled = settle_block([contract], cell, periods)
    at = period - 1
    return Statement(
        _heading(name, contract, cell, ledger, periods, at, planned),
        _kpi_rows(contract, cell, settled, at, currency),
        _lines(contract, settled, at, currency),
        _evidence(contract, cell, ledger, settled, periods, at),
        currency,
    )


def _heading(
    name: str,
    contract: Contract,
    cell: Scores,
    ledger: Ledger,
    periods: ReviewPeriods,
    at: int,
    planned: tuple[str, str],
) -> tuple[tuple[str, str], ...]:
    begin, end = (cell.setting.calendar.date(t).date() for t in periods.edges[at : at + 2])
    last = end - dt.timedelta(days=1)
    called, chosen = planned
    return (
        (
            _("Statement"),
            _("payment for period {n} of {all}: {begin} to {last}").format(
                n=at + 1, all=len(periods), begin=begin, last=last
            ),
        ),
        (_("Contract"), f"{name}: {said(contract.title)}"),
        (_("Plan"), f"{called or cell.plans[0]}{f' ({said(chosen)})' if chosen else ''}"),
        (
            _("Future"),
            _("seed {seed}, replication {replication} (simulated)").format(
                seed=ledger.seed, replication=ledger.replication
            ),
        ),
    )


def _at(array: np.ndarray, settled: Settled, period: int) -> Any:
    shape = (1, 1, 1, settled.block.n_periods)
    return np.broadcast_to(array, shape)[0, 0, 0, period]


def _in_unit(clause: WrittenKpi, value: float, currency: str) -> str:
    unit = clause.kpi.unit
    if np.isinf(value):
        return _("as bad as can be")
    if unit == "currency":
        return money(value, currency, exact=True)
    if unit == "1":
        return share(value, 2)
    return f"{numeral(value, '.6g')} {clause.kpi.in_words.unit}"


def _counted(clause: WrittenKpi, numerator: float, denominator: float, size: float) -> str:
    if clause.kpi.kind == "total":
        return count(numerator)
    if clause.kpi.kind == "percentile":
        return _("of {n} {facts}").format(
            n=count(size),
            facts=clause.kpi.counts if spoken() == "en" else Words("id").counts(clause.kpi),
        )
    return f"{count(numerator)} / {count(denominator)}"


def _sampling_error(satisfied: float, answers: float) -> str:
    """Word the interval within which the share of all would lie (Wilson, 1927, JASA 22:209)."""
    from scipy import stats  # slow to import, and not always needed

    found = stats.binomtest(round(satisfied), round(answers)).proportion_ci(0.95, method="wilson")
    words = _("95% sampling interval {low} to {high}")
    return words.format(low=share(found.low), high=share(found.high))


def _kpi_rows(
    contract: Contract, cell: Scores, settled: Settled, at: int, currency: str
) -> pd.DataFrame:
    rows = []
    for name, measure in contract.measured().items():
        clause, reading = contract.kpis[name], settled.block.readings[name]
        target = target_said(clause, currency)
        if clause.moves:
            level = Words(spoken(), currency).level(clause.kpi, _at(reading.target, settled, at))
            now = _("now {level}").format(level=level)
            target = f"{target}, {now}"
        row = {"kpi": kpi_label(contract, name), "measure": measure.said(), "target": target}
        if not _at(reading.counts, settled, at):
            verdict = _("no longer reviewed") if reading.reviewed[at] else _("no review ends here")
            rows.append(row | {"counted": "", "value": "", "verdict": verdict})
            continue
        here = _reviews_in(cell, measure, settled, at)
        first = max(0, here[-1] + 1 - clause.rolling) if clause.rolling > 1 else here[0]
        window = cell.measured[measure][:, 0, 0, first : here[-1] + 1]
        numerator, denominator, size = window.sum(axis=-1)
        counted = _counted(clause, numerator, denominator, size)
        thin = denominator == 0 or size < clause.min_sample
        if clause.rolling > 1:
            counted += " " + _("over {n} reviews").format(n=window.shape[-1])
        if clause.aggregate:
            worst = clause.aggregate == "worst_period"
            counted = _("the worst of {n} reviews") if worst else _("the mean of {n} reviews")
            counted = counted.format(n=len(here))
            thin = False  # each of them was judged by itself
        verdict = _("met") if _at(reading.met, settled, at) else _("missed")
        if clause.kpi.sampled and denominator:
            verdict += f" ({_sampling_error(numerator, denominator)})"
        if thin:
            verdict += f" ({_('too few facts')}: {_(WHEN_EMPTY[clause.when_empty])})"
        value = _at(reading.value, settled, at)
        rows.append(
            row
            | {
                "counted": counted,
                "value": _in_unit(clause, float(value), currency),
                "verdict": verdict,
            }
        )
    return pd.DataFrame(rows, columns=["kpi", "measure", "counted", "value", "target", "verdict"])


def _reviews_in(cell: Scores, measure: Measure, settled: Settled, at: int) -> list[int]:
    """Return the numbers of the reviews that end in a payment period, at least one."""
    begins = settled.block.begins
    reviews = ReviewPeriods.of(cell.setting, measure.review, measure.months)
    ends = [cell.setting.calendar.date(float(edge)).date() for edge in reviews.edges[1:]]
    after = begins[at + 1] if at + 1 < len(begins) else dt.date.max
    return [n for n, end in enumerate(ends) if begins[at] < end <= after]


def _lines(contract: Contract, settled: Settled, at: int, currency: str) -> pd.DataFrame:
    block = settled.block
    rows: list[tuple[str, str, float]] = [
        (
            mechanism_said(PAYMENTS.name_of(contract.payment)),
            contract.payment.arithmetic(block, at, currency)
            if _at(block.alive, settled, at)
            else _("the contract was terminated"),
            float(_at(settled.payment, settled, at)),
        )
    ]
    for n, incentive in enumerate(contract.incentives):
        reading = block.readings.get(incentive.kpi_name or "")
        if reading and not _at(reading.counts, settled, at):
            continue
        words, amount = _worked_out(n, contract, settled, at, currency)
        clause = mechanism_said(INCENTIVES.name_of(incentive))
        if incentive.kpi_name:
            clause = _("{clause} on {kpi}").format(
                clause=clause, kpi=kpi_label(contract, incentive.kpi_name)
            )
        rows.append((clause, words, amount))
    beyond = (
        _("deductions beyond their cap are not due"),
        _("bonuses beyond their cap are not due"),
    )
    of_group = _("limits of group {group}")
    limits = {of_group.format(group=name): pair for name, pair in settled.group_limited.items()}
    for clause, pair in (limits | {_("limits"): settled.limited}).items():
        for words, array in zip(beyond, pair, strict=True):
            amount = float(_at(array, settled, at))
            if amount:
                rows.append((clause, words, amount))
    for adjustment, amounts in zip(contract.adjustments, settled.adjusted, strict=True):
        words = adjustment.arithmetic(block, at, currency)
        name = mechanism_said(ADJUSTMENTS.name_of(adjustment))
        rows.append((name, words, float(_at(amounts, settled, at))))
    ends = settled.terminated is not None and not block.alive.all()
    if settled.terminated is not None and ends and _at(block.last, settled, at):
        owed = float(_at(settled.terminated, settled, at))
        words = _("{cause}: the contract ends with this period")
        rows.append((_("termination"), words.format(cause=contract.termination), owed))
    rows.append((_("total"), "", sum(row[-1] for row in rows)))
    return pd.DataFrame(rows, columns=["clause", "arithmetic", "amount"])


def _worked_out(
    n: int, contract: Contract, settled: Settled, at: int, currency: str
) -> tuple[str, float]:
    """Say how the amount of an incentive comes about, one modifier after another."""
    block, incentive = settled.block, contract.incentives[n]
    reading = block.readings.get(incentive.kpi_name or "")
    words = incentive.arithmetic(block, at, currency)
    if reading and reading.parts:
        each = [
            money(float(_at(a, settled, at)), currency, exact=True)
            for part in reading.parts
            if _at(part.counts, settled, at)
            for a in [type(incentive).amounts([incentive], _with(block, incentive.kpi_name, part))]
        ]
        words = _("mean of {amounts}, one a review").format(amounts="; ".join(each))
    (_first, raw), *acting = stages(n, [contract], block)
    amount = float(_at(raw, settled, at))
    for name, array in acting:
        after = float(_at(array, settled, at))
        if after != amount:
            words += f" = {money(amount, currency, exact=True)}; "
            words += _modified(name, contract, settled, at, incentive.kpi_name or "")
            if name not in ("ramp_in", "gate") or after:
                words += f": {money(after, currency, exact=True)}"
        amount = after
    back = float(_at(settled.earned_back[n], settled, at)) if n in settled.earned_back else 0.0
    if back:
        words += f" = {money(amount, currency, exact=True)}; {_('with what is earned back')}"
        words += f": {money(amount + back, currency, exact=True)}"
    return words, amount + back


def _with(block: Block, kpi: str | None, part: Reading) -> Block:
    return replace(block, readings={**block.readings, kpi or "": part})


def _modified(name: str, contract: Contract, settled: Settled, at: int, kpi: str) -> str:
    if name == "ramp_in":
        periods = contract.ramp_in.periods if contract.ramp_in else 0
        return _("not due: incentives begin after period {n}").format(n=periods)
    if name == "gate":
        return _held_back(contract, settled, at)
    if name == "escalation":
        reading = settled.block.readings[kpi]
        misses = streak(~reading.met, reading.counts & settled.block.acts)
        return _("missed {n} times in a row").format(n=_at(misses, settled, at))
    return _("within its limits")


def _held_back(contract: Contract, settled: Settled, at: int) -> str:
    gates = contract.gate.no_bonus_below if contract.gate else {}
    closed = [
        _("{kpi} is worse than {level}").format(
            kpi=kpi_label(contract, name), level=numeral(level, "g")
        )
        for name, level in gates.items()
        if not gate_is_open([Gate(no_bonus_below={name: level})], settled.block)[..., at].all()
    ]
    return _("no bonus: {reasons}").format(reasons="; ".join(closed))


def _evidence(
    contract: Contract,
    cell: Scores,
    ledger: Ledger,
    settled: Settled,
    periods: ReviewPeriods,
    at: int,
) -> dict[str, list[str]]:
    found = {}
    for name, measure in contract.measured().items():
        reading = settled.block.readings[name]
        if _at(reading.counts, settled, at):
            span = (periods.edges[reading.since[at]], periods.edges[at + 1])
            words = _("Behind {measure}").format(measure=kpi_label(contract, name))
            found[words] = behind(measure, ledger, span)
    for incentive in contract.incentives:
        for measure in incentive.totals(contract.term.review, contract.term.months):
            span = (periods.edges[at], periods.edges[at + 1])
            words = _("Behind {measure}").format(measure=measure.said())
            found[words] = behind(measure, ledger, span)
    return found
