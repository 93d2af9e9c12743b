"""What would be paid, line by line: payment tables and worked examples of a contract.

Lives here: tables made from a contract settled on supposed numbers. May not live here: arithmetic
of its own; amounts come from the settlement, and words from the clauses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from pbc_sim.contract.block import Reading
from pbc_sim.contract.kpi_clauses import WrittenKpi
from pbc_sim.contract.pricing import summed
from pbc_sim.contract.settlement import Settled
from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import INCENTIVE_SECTION, PAYMENT_SECTION
from pbc_sim.contract.trial import Supposed, at_performance, tried
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.words import Words
from pbc_sim.show.paper.document import Block, Heading, Paragraph, Table
from pbc_sim.world.setting import Setting

__all__ = ["Examples"]

HUNDREDTH = 0.01
AXES = ("contract", "plan", "replication", "period")

#: Shares of the target that are worked out, with what is supposed besides: the part of the value
#: that comes late, by how many days, and events of each other kind in a payment period.
PERFORMANCES = ((0.5, 0.10, 10.0, 20.0), (1.0, 0.02, 5.0, 5.0), (1.5, 0.0, 0.0, 0.0))


@dataclass(frozen=True)
class Examples:
    """Payment tables and worked examples.

    Parameters
    ----------
    contract : Contract
        The contract.
    setting : Setting
        Calendar and catalogue of its world.
    words : Words
        The language, currency and references to clauses.
    """

    contract: Contract
    setting: Setting
    words: Words

    @property
    def _performances(self) -> tuple[tuple[float, float, float, float], ...]:
        """What is worked out; one example will do where nothing depends on performance."""
        contract = self.contract
        depends = contract.kpis or contract.incentives or contract.payment.needs_costs
        return PERFORMANCES if depends else PERFORMANCES[1:2]

    @cached_property
    def _levels(self) -> Settled:
        cases = [
            Supposed(
                {
                    name: _supposed(clause, performance)
                    for name, clause in self.contract.kpis.items()
                },
                late_share,
                late_days,
                events,
                self.contract.payment.cost_at(performance),
            )
            for performance, late_share, late_days, events in self._performances
        ]
        return tried(self.contract, self.setting, cases)

    @property
    def contract_value(self) -> float:
        """The contract value, stated or expected [currency]."""
        return float(self._levels.block.contract_value[0, 0, 0, 0])

    def _shown(self, settled: Settled, kpi: str | None = None) -> int:
        """Return the first payment period after ramp-in that judges most KPIs (and a given one).

        Where the payment goes by costs it is the last one, in which they are settled.
        """
        block = settled.block
        if self.contract.payment.needs_costs:
            return block.n_periods - 1
        judged = np.zeros(block.n_periods)
        for name, reading in block.readings.items():
            judged += reading.reviewed * (1000.0 if name == kpi else 1.0)
        if self.contract.ramp_in:
            judged[: self.contract.ramp_in.periods] -= 1e6
        return int(judged.argmax())

    def _period(self, at: int) -> str:
        term = self.contract.term
        n_periods = len(ReviewPeriods.of(self.setting, term.review, term.months))
        return self.words.pick(
            english=f"payment period {at + 1} of {n_periods}",
            indonesian=f"periode pembayaran {at + 1} dari {n_periods}",
        )

    # --- what a value of a KPI pays

    def payment_tables(self) -> list[Block]:
        """Return, for each KPI that moves money, what its values pay; others are at target."""
        words, blocks = self.words, list[Block]()
        for name in self.contract.kpis:
            numbers = [n for n, i in enumerate(self.contract.incentives) if name in i.kpi_names]
            if numbers:
                blocks += [Heading(words.kpi(name), 2), *self._payment_table(name, numbers)]
        if blocks:
            return blocks
        return [
            Paragraph(
                words.pick(
                    english="No clause pays by the value of a KPI.",
                    indonesian="Tidak ada butir yang membayar menurut nilai suatu KPI.",
                )
            )
        ]

    def _payment_table(self, name: str, numbers: list[int]) -> list[Block]:
        words, clause = self.words, self.contract.kpis[name]
        values = self._values(name)
        target = {k: at_performance(c, 1.0) for k, c in self.contract.kpis.items()}
        cost = self.contract.payment.cost_at(1.0)
        settled = tried(
            self.contract,
            self.setting,
            [Supposed({**target, name: value}, supplier_cost=cost) for value in values],
        )
        at = self._shown(settled, name)
        reading = settled.block.readings[name]
        rows = []
        for k, value in enumerate(values):
            amounts = [_at(settled.incentives[n], settled, at, k) for n in numbers]
            verdict = self._verdict(
                bool(_at(reading.met, settled, at, k)),
                bool(_at(reading.exceeded, settled, at, k)),
                clause.incentive_level,
            )
            total = [sum(amounts)] if len(amounts) > 1 else []
            money = [words.due(amount) for amount in (*amounts, *total)]
            rows.append((words.level(name, _six_digits(value)), verdict, *money))
        header = [
            words.pick(english="Value", indonesian="Nilai"),
            words.pick(english="Target", indonesian="Target"),
            *(f"{self._clause(INCENTIVE_SECTION, n + 1)}" for n in numbers),
        ]
        if len(numbers) > 1:
            header.append(words.pick(english="Together", indonesian="Jumlah"))
        said = words.pick(
            english=f"Amounts in {self._period(at)} if all other KPIs are at their targets and the "
            "expected value is ordered; before the limits of section 6, and between the levels by "
            "the clause.",
            indonesian=f"Jumlah pada {self._period(at)} apabila semua KPI lain tepat pada target "
            "dan nilai pesanan sesuai perkiraan; sebelum batas pada bagian 6, dan di antara "
            "tingkat tersebut menurut butirnya.",
        )
        numeric = (0, *range(2, len(header)))
        return [Paragraph(said, leads=True), Table(tuple(header), tuple(rows), numeric)]

    def _values(self, name: str) -> list[float]:
        clause = self.contract.kpis[name]
        incentives = [i for i in self.contract.incentives if i.kpi_name == name]
        levels = {level for i in incentives for level in getattr(i, "levels", tuple)()}
        levels |= {_supposed(clause, performance) for performance, *_ in PERFORMANCES}
        gates = self.contract.gate.no_bonus_below if self.contract.gate else {}
        further = (clause.target.level, clause.incentive_level, gates.get(name))
        levels |= {level for level in further if level is not None}
        return sorted(levels, reverse=clause.kpi.better == "lower")

    def _verdict(self, met: bool, exceeded: bool, incentive_level: float | None) -> str:
        if met and exceeded and incentive_level is not None:
            return self.words.pick(english="exceeded", indonesian="terlampaui")
        if met:
            return self.words.pick(english="met", indonesian="tercapai")
        return self.words.pick(english="missed", indonesian="tidak tercapai")

    def _clause(self, section: int, number: int | None = None) -> str:
        at = f"{section}.{number}" if number else f"{section}"
        if number is None:
            return self.words.pick(english=f"Section {at}", indonesian=f"Bagian {at}")
        return self.words.pick(english=f"Clause {at}", indonesian=f"Butir {at}")

    # --- worked examples

    def worked_examples(self) -> list[Block]:
        """Return the examples at half, all and one and a half of the targets, and their sums."""
        words, settled = self.words, self._levels
        at = self._shown(settled)
        blocks: list[Block] = [
            Paragraph(
                words.pick(
                    english="Each example supposes the same performance in every period of the "
                    "term. Where less is better, half the performance is twice the target. Values "
                    "are supposed to four digits, and no KPI goes beyond its bounds. What is "
                    "ordered and accepted has the expected value at catalogue prices.",
                    indonesian="Setiap contoh mengandaikan kinerja yang sama pada setiap periode. "
                    "Apabila nilai lebih kecil lebih baik, setengah kinerja berarti dua kali "
                    "target. Nilai diandaikan dengan empat angka, dan KPI tidak melampaui batas "
                    "nilainya. Nilai barang yang dipesan dan diterima sesuai perkiraan menurut "
                    "harga katalog.",
                )
            )
        ]
        for case, (performance, *supposed) in enumerate(self._performances):
            share = words.share(performance)
            title = words.pick(
                english=f"Example at {share} of the targets, {self._period(at)}",
                indonesian=f"Contoh pada {share} dari target, {self._period(at)}",
            )
            blocks.append(Heading(title, 2))
            review = self.contract.term.review
            if any(incentive.totals(review, None) for incentive in self.contract.incentives):
                blocks.append(Paragraph(self._supposed_said(*supposed), leads=True))
            if self.contract.kpis:
                blocks.append(self._kpi_table(settled, at, case))
            blocks.append(self._lines(settled, at, case))
        title = words.pick(english="Over the whole term", indonesian="Selama jangka waktu kontrak")
        return [*blocks, Heading(title, 2), self._sums(settled)]

    def _supposed_said(self, late_share: float, late_days: float, events: float) -> str:
        words = self.words
        days = words.counted(late_days, "calendar day", "hari kalender")
        share, number = words.share(late_share), words.number(events)
        if not late_share:
            return words.pick(
                english="Nothing comes late, and no other event is counted.",
                indonesian="Tidak ada yang terlambat, dan tidak ada kejadian lain yang dihitung.",
            )
        return words.pick(
            english=f"Supposed besides: {share} of the value comes {days} late, and {number} events"
            " of each other kind are counted.",
            indonesian=f"Diandaikan pula: {share} dari nilai pesanan terlambat {days}, dan untuk "
            f"setiap jenis kejadian lain dihitung {number} kejadian.",
        )

    def _kpi_table(self, settled: Settled, at: int, case: int) -> Table:
        words, rows = self.words, []
        for name, clause in self.contract.kpis.items():
            reading = settled.block.readings[name]
            if reading.reviewed[at]:
                verdict = self._verdict(
                    bool(_at(reading.met, settled, at, case)),
                    bool(_at(reading.exceeded, settled, at, case)),
                    clause.incentive_level,
                )
                value = words.level(name, _six_digits(_at(reading.value, settled, at, case)))
            else:
                value, verdict = (
                    "–",
                    words.pick(
                        english="no review ends here", indonesian="tidak ada akhir evaluasi"
                    ),
                )
            target = clause.target.clause(words, clause.kpi)
            rows.append((words.kpi(name), target, value, verdict))
        header = (
            "KPI",
            words.pick(english="Target", indonesian="Target"),
            words.pick(english="Supposed value", indonesian="Nilai andaian"),
            words.pick(english="Verdict", indonesian="Penilaian"),
        )
        return Table(header, tuple(rows), (2,), (3.4, 1.8, 1.5, 1.5))

    def _lines(self, settled: Settled, at: int, case: int) -> Table:
        words, block = self.words, _only(settled, case)
        rows = [
            (
                self._clause(PAYMENT_SECTION, 1),
                self.contract.payment.worked(block, at, words),
                _at(settled.payment, settled, at, case),
            )
        ]
        for n, adjustment in enumerate(self.contract.adjustments):
            amount = _at(settled.adjusted[n], settled, at, case)
            rows.append((self._clause(PAYMENT_SECTION, n + 2), adjustment.worked(words), amount))
        for n, incentive in enumerate(self.contract.incentives):
            reading = block.readings.get(incentive.kpi_name or "")
            if reading and not reading.reviewed[at]:
                continue
            amount = _at(settled.incentives[n], settled, at, case)
            raw = np.broadcast_to(type(incentive).amounts([incentive], block), block.charges.shape)
            worked = incentive.worked(block, at, words)
            if float(raw[0, 0, 0, at]) != amount:
                worked += words.pick(
                    english=f" = {words.due(float(raw[0, 0, 0, at]))}; not due by section 6",
                    indonesian=f" = {words.due(float(raw[0, 0, 0, at]))}; tidak berlaku menurut "
                    "bagian 6",
                )
            rows.append((self._clause(INCENTIVE_SECTION, n + 1), worked, amount))
        for said, array in zip(
            (
                words.pick(
                    english="deductions beyond their limit are not due",
                    indonesian="pemotongan di atas batas tidak berlaku",
                ),
                words.pick(
                    english="bonuses beyond their limit are not due",
                    indonesian="bonus di atas batas tidak berlaku",
                ),
            ),
            settled.limited,
            strict=True,
        ):
            amount = _at(array, settled, at, case)
            if amount:
                rows.append((self._clause(6), said, amount))
        for group, held in settled.group_limited.items():
            amount = sum(_at(array, settled, at, case) for array in held)
            if amount:
                said = words.pick(
                    english=f"beyond the limits of the group “{group}” nothing is due",
                    indonesian=f"di atas batas kelompok “{group}” tidak berlaku",
                )
                rows.append((self._clause(6), said, amount))
        if settled.terminated is not None and _at(settled.terminated, settled, at, case):
            said = words.pick(
                english="the contract ends early", indonesian="kontrak diakhiri lebih awal"
            )
            rows.append((self._clause(6), said, _at(settled.terminated, settled, at, case)))
        total = sum(_at(array, settled, at, case) for array in settled.lines)
        further = total - sum(amount for *_, amount in rows)
        if abs(further) > HUNDREDTH / 2:
            said = words.pick(english="further conditions", indonesian="ketentuan lainnya")
            rows.append((self._clause(6), said, further))
        paid = words.pick(english="Payment", indonesian="Pembayaran")
        shown = [(at_, worked, words.due(amount)) for at_, worked, amount in rows]
        header = (
            words.pick(english="Clause", indonesian="Butir"),
            words.pick(english="Arithmetic", indonesian="Perhitungan"),
            words.pick(english="Amount", indonesian="Jumlah"),
        )
        return Table(
            header,
            (*shown, (paid, "", words.due(total))),
            (2,),
            (1.3, 4.6, 2.1),
            last_is_total=True,
        )

    def _sums(self, settled: Settled) -> Table:
        words = self.words
        parts = [
            (words.pick(english="Charges", indonesian="Tagihan"), settled.block.charges),
            (words.pick(english="Bonuses", indonesian="Bonus"), settled.bonuses),
            (words.pick(english="Deductions", indonesian="Pemotongan"), settled.deductions),
        ]
        beside = settled.adjustments(self.contract)
        if beside:
            said = words.pick(english="Further amounts", indonesian="Jumlah lainnya")
            parts.append((said, summed(beside)))
        sums = [(said, _over_term(array, settled)) for said, array in parts]
        sums.append(
            (
                words.pick(english="Payment", indonesian="Pembayaran"),
                np.sum([amounts for _, amounts in sums], axis=0),
            )
        )
        header = (
            words.pick(english="Whole term", indonesian="Seluruh jangka waktu"),
            *(
                words.pick(
                    english=f"At {words.share(p)} of the targets",
                    indonesian=f"Pada {words.share(p)} dari target",
                )
                for p, *_ in self._performances
            ),
        )
        rows = tuple((said, *map(words.due, amounts.tolist())) for said, amounts in sums)
        return Table(header, rows, tuple(range(1, len(header))), last_is_total=True)


def _supposed(clause: WrittenKpi, performance: float) -> float:
    """Return a value of a KPI at a share of its target, as a person would suppose it.

    Two thirds of a target has no end of digits, and what is signed must be exact: so the value that
    is supposed, and reckoned with, has four digits itself.
    """
    value = at_performance(clause, performance)
    return value if performance == 1 else float(f"{value:.4g}")


def _six_digits(value: float) -> float:
    # What was supposed comes back as a ratio of counts, with its last bits turned.
    return float(f"{value:.6g}")


def _at(array: np.ndarray, settled: Settled, period: int, case: int) -> float:
    return float(np.broadcast_to(array, settled.block.charges.shape)[0, 0, case, period])


def _over_term(array: np.ndarray, settled: Settled) -> np.ndarray:
    return np.broadcast_to(array, settled.block.charges.shape)[0, 0].sum(axis=-1)


def _only(settled: Settled, case: int) -> Any:
    """Return the block of one case, as the clauses explain blocks of one replication."""

    def one(value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.ndim == len(AXES) and value.shape[2] > 1:
            return value[:, :, case : case + 1]
        if isinstance(value, Reading):
            return replace(value, **{name: one(part) for name, part in vars(value).items()})
        if isinstance(value, Mapping):
            return {name: one(part) for name, part in value.items()}
        return tuple(map(one, value)) if isinstance(value, tuple) else value

    return replace(settled.block, **{name: one(part) for name, part in vars(settled.block).items()})
