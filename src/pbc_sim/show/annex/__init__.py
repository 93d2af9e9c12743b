"""What do the parties sign: clauses, KPI sheets, payment tables, examples and dates on paper.

Lives here: the order of the annex, and `annex`, which makes it. May not live here: sentences of
clauses (`contract/`), looks (`pages.py`).
"""

from __future__ import annotations

import datetime as dt
from string import ascii_uppercase

import numpy as np

from pbc_sim.contract.terms import Contract
from pbc_sim.contract.text import INCENTIVE_SECTION, PAYMENT_SECTION, one_line, sections, words_for
from pbc_sim.decision.outcomes import WALKS_AWAY, Outcomes, Settlement
from pbc_sim.decision.wording import plan_labels
from pbc_sim.errors import PbcError
from pbc_sim.language import Language, said, speaking
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.words import Words
from pbc_sim.scenario import Scenario
from pbc_sim.show.annex.examples import Examples
from pbc_sim.show.paper import Printed
from pbc_sim.show.paper.document import Block, Document, Heading, Paragraph, Signatures, Table
from pbc_sim.show.paper.made_with import made_with
from pbc_sim.world.setting import Setting

__all__ = ["Annex", "annex"]


class Annex(Printed):
    """An annex to sign, ready to be written."""


def annex(
    scenario: Scenario,
    contract: str,
    language: Language = "en",
    outcomes: Outcomes | None = None,
) -> Annex:
    """Make the annex of a contract that buyer and supplier sign.

    Parameters
    ----------
    scenario : Scenario
        The story that the contract belongs to: its calendar gives the dates, its catalogue the
        amounts of the examples.
    contract : str
        Name of the contract in it.
    language : {"en", "id"}
        English or Indonesian.
    outcomes : Outcomes, optional
        What was simulated before signing; where given, the annex records it.

    Raises
    ------
    PbcError
        If contract or language is unknown, or the outcomes are of another scenario.
    """
    terms = scenario.require_contract(contract)
    if outcomes is not None and outcomes.scenario.world != scenario.world:
        raise PbcError(
            f"the outcomes are of the world of '{outcomes.scenario.title}', and not of that of "
            f"'{scenario.title}'; run this scenario."
        )
    with speaking(language):
        plans = plan_labels(scenario)
    words = words_for(terms, language, scenario.currency, plans)
    examples = Examples(terms, scenario.setting, words)
    title = words.pick(
        english="Annex to the contract",
        indonesian="Lampiran kontrak",
    )
    parts: list[tuple[str, list[Block]]] = [
        (words.pick(english="Clauses", indonesian="Ketentuan"), _clauses(examples)),
        (words.pick(english="KPI sheets", indonesian="Lembar KPI"), _sheets(terms, words)),
        (
            words.pick(english="Payment tables", indonesian="Tabel pembayaran"),
            examples.payment_tables(),
        ),
        (
            words.pick(english="Worked examples", indonesian="Contoh perhitungan"),
            examples.worked_examples(),
        ),
        (
            words.pick(english="Review calendar", indonesian="Kalender evaluasi"),
            _calendar(terms, words, scenario.setting),
        ),
    ]
    if outcomes is not None:
        heading = words.pick(english="What was simulated", indonesian="Simulasi yang dilakukan")
        parts.append((heading, _simulated(contract, terms, words, outcomes)))
    signing = words.pick(english="Signatures", indonesian="Tanda tangan")
    parts.append((signing, _signatures(words)))
    blocks: list[Block] = []
    for letter, (heading, inside) in zip(ascii_uppercase, parts, strict=False):
        blocks += [Heading(f"{letter}. {heading}"), *inside]
    subtitle = one_line(said(terms.title, language))
    return Annex(Document(title, subtitle, language, f"{title}: {subtitle}", tuple(blocks)))


def _clauses(examples: Examples) -> list[Block]:
    contract, words, blocks = examples.contract, examples.words, list[Block]()
    for section in sections(contract, words):
        blocks.append(Heading(section.title, 2))
        blocks += [Paragraph(c.text, c.number, c.heading) for c in section.clauses]
        if section.number == 1 and contract.value is None:
            value = words.due(examples.contract_value)
            said = words.pick(
                english=f"Calculated at signing, the contract value is {value}.",
                indonesian=f"Nilai kontrak yang dihitung saat penandatanganan adalah {value}.",
            )
            blocks.append(Paragraph(said))
        if section.number == 2:
            blocks.append(Paragraph(_term_said(contract, words, examples.setting)))
    return blocks


def _sheets(contract: Contract, words: Words) -> list[Block]:
    blocks: list[Block] = []
    for name, clause in contract.kpis.items():
        better = words.pick(
            english="More is better." if clause.kpi.better == "higher" else "Less is better.",
            indonesian="Nilai lebih besar lebih baik."
            if clause.kpi.better == "higher"
            else "Nilai lebih kecil lebih baik.",
        )
        clauses = [f"{PAYMENT_SECTION}.1"] if contract.payment.needs_kpis else []
        clauses += [
            f"{INCENTIVE_SECTION}.{n}"
            for n, incentive in enumerate(contract.incentives, start=1)
            if name in incentive.kpi_names or incentive.needs_kpis
        ]
        none = words.pick(english="No clause pays by it.", indonesian="Tidak ada butir pembayaran.")
        rows = [
            *clause.particulars(words, contract.term.review),
            (words.pick(english="Direction", indonesian="Arah"), better),
            (
                words.pick(english="Paid by clauses", indonesian="Butir pembayaran"),
                words.listed(clauses) if clauses else none,
            ),
        ]
        blocks += [Heading(words.kpi(name), 2), Table((), tuple(rows), widths=(1.0, 3.2))]
    if blocks:
        return blocks
    none = words.pick(english="No KPI is agreed.", indonesian="Tidak ada KPI yang disepakati.")
    return [Paragraph(none)]


def _days(setting: Setting, begin: float, end: float) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a span of time."""
    # A span that ends at midnight does not reach into the next day.
    last = setting.calendar.date(end) - dt.timedelta(seconds=1)
    return setting.calendar.date(begin).date(), last.date()


def _term_said(contract: Contract, words: Words, setting: Setting) -> str:
    edges = ReviewPeriods.of(setting, "term", contract.term.months).edges
    first, last = (words.date(day) for day in _days(setting, edges[0], edges[1]))
    return words.pick(
        english=f"The term begins on {first} and ends on {last}, both days included.",
        indonesian=f"Jangka waktu kontrak mulai {first} sampai dengan {last}, termasuk kedua hari "
        "tersebut.",
    )


def _calendar(contract: Contract, words: Words, setting: Setting) -> list[Block]:
    periods = ReviewPeriods.of(setting, contract.term.review, contract.term.months)
    ends = {
        name: set(ReviewPeriods.of(setting, m.review, m.months).edges[1:])
        for name, m in contract.measured().items()
    }
    rows = []
    for n, (begin, end) in enumerate(zip(periods.edges[:-1], periods.edges[1:], strict=True)):
        first, last = _days(setting, begin, end)
        reviewed = [words.kpis[name].number for name, edges in ends.items() if end in edges]
        paid = setting.calendar.date(setting.calendar.next_open(float(end))).date()
        if reviewed and len(reviewed) == len(ends) > 1:
            kpis = words.pick(english="all", indonesian="semua")
        else:
            kpis = words.listed(reviewed) or "–"
        rows.append((str(n + 1), words.date(first), words.date(last), kpis, words.date(paid)))
    header = (
        words.pick(english="Period", indonesian="Periode"),
        words.pick(english="First day", indonesian="Hari pertama"),
        words.pick(english="Last day", indonesian="Hari terakhir"),
        words.pick(english="KPIs reviewed (clauses)", indonesian="KPI dievaluasi (butir)"),
        words.pick(english="Payment due", indonesian="Pembayaran jatuh tempo"),
    )
    measured = words.pick(
        english=f"Measurement begins on {rows[0][1]}. A review ends with the last day of its "
        "period; the payment is due on the first business day after it.",
        indonesian=f"Pengukuran dimulai pada {rows[0][1]}. Evaluasi berakhir pada hari terakhir "
        "periodenya; pembayaran jatuh tempo pada hari kerja pertama setelahnya.",
    )
    table = Table(header, tuple(rows), (0,), (0.8, 1.8, 1.8, 2.0, 1.8))
    return [
        Paragraph(measured, leads=True),
        table,
        Paragraph(_working_time(words, setting, periods)),
    ]


def _working_time(words: Words, setting: Setting, periods: ReviewPeriods) -> str:
    calendar = setting.calendar
    if calendar.always_open:
        return words.pick(
            english="Every day is a business day, around the clock.",
            indonesian="Setiap hari adalah hari kerja, sepanjang hari.",
        )
    opens, closes = (calendar.date(float(t[0])) for t in (calendar.opens, calendar.closes))
    in_term = (calendar.opens >= periods.edges[0]) & (calendar.opens < periods.edges[-1])
    days = words.number(int(np.count_nonzero(in_term)))
    return words.pick(
        english=f"Business hours are {opens:%H:%M} to {closes:%H:%M}; by the agreed calendar the "
        f"term has {days} business days.",
        indonesian=f"Jam kerja adalah pukul {opens:%H.%M} sampai {closes:%H.%M}; menurut kalender "
        f"yang disepakati, jangka waktu kontrak memuat {days} hari kerja.",
    )


def _simulated(name: str, contract: Contract, words: Words, outcomes: Outcomes) -> list[Block]:
    scenario, settlement = outcomes.scenario, outcomes.settle({name: contract})
    plan = settlement.best_plan(name)
    walks_away = plan == WALKS_AWAY
    shown = words.pick(
        english="the Supplier does not sign", indonesian="Penyedia mengundurkan diri"
    )
    if not walks_away:
        shown = said(scenario.plans[plan].label, words.language) or plan
    rows = [
        (
            words.pick(english="Scenario", indonesian="Skenario"),
            said(scenario.title, words.language),
        ),
        (words.pick(english="Source", indonesian="Sumber"), scenario.source),
        (
            words.pick(english="Simulated futures", indonesian="Replikasi"),
            words.number(outcomes.replications),
        ),
        (words.pick(english="Seed", indonesian="Benih acak (seed)"), str(outcomes.study.seed)),
        (words.pick(english="Engine", indonesian="Mesin simulasi"), outcomes.engine),
        (words.pick(english="Digest", indonesian="Sidik jari hasil"), outcomes.digest()),
        (words.pick(english="Versions", indonesian="Versi perangkat lunak"), made_with()),
        (
            words.pick(english="Supplier's best plan", indonesian="Rencana terbaik Penyedia"),
            shown,
        ),
    ]
    about = Table((), tuple(row for row in rows if row[1]), widths=(1.0, 2.6))
    if walks_away:
        return [about]
    at = {"contract": name, "plan": plan}
    money = [
        (said, words.due(float(array.sel(at).mean())))
        for said, array in (
            (
                words.pick(english="Mean payments", indonesian="Rata-rata pembayaran"),
                settlement.payments,
            ),
            (
                words.pick(
                    english="Buyer's mean total cost",
                    indonesian="Rata-rata biaya total Pengguna Barang",
                ),
                settlement.buyer_cost,
            ),
            (
                words.pick(english="Supplier's mean profit", indonesian="Rata-rata laba Penyedia"),
                settlement.supplier_profit,
            ),
        )
    ]
    over = words.pick(
        english="Over the whole term, mean of all simulated futures under that plan:",
        indonesian="Selama jangka waktu kontrak, rata-rata seluruh replikasi dengan rencana itu:",
    )
    blocks: list[Block] = [
        about,
        Paragraph(over, leads=True),
        Table((), tuple(money), (1,), (1.0, 1.0)),
    ]
    if contract.kpis:
        blocks.append(_kpis_simulated(contract, words, settlement, at))
    return blocks


def _kpis_simulated(
    contract: Contract, words: Words, settlement: Settlement, at: dict[str, str]
) -> Table:
    values = settlement.kpi_values(at["contract"]).sel(plan=at["plan"]).mean("replication")
    met = settlement.paid["reviews_met"].sel(at).mean("replication")
    reviews = settlement.paid["reviews"].sel(contract=at["contract"])
    rows = []
    for name, clause in contract.kpis.items():
        mean = float(values.sel(kpi=name))
        share = float(met.sel(kpi=name) / reviews.sel(kpi=name))
        # Four digits: what is simulated has an error of its own.
        value = "–" if np.isnan(mean) else words.level(name, float(f"{mean:.4g}"))
        target = clause.target.clause(words, clause.kpi)
        rows.append((words.kpi(name), target, value, words.share(round(share, 3))))
    header = (
        "KPI",
        words.pick(english="Target", indonesian="Target"),
        words.pick(english="Simulated mean", indonesian="Rata-rata simulasi"),
        words.pick(english="Reviews that meet it", indonesian="Evaluasi yang tercapai"),
    )
    return Table(header, tuple(rows), (2, 3), (3.2, 1.8, 1.6, 1.6))


def _signatures(words: Words) -> list[Block]:
    agreed = words.pick(
        english="Both parties have read this annex and agree to it.",
        indonesian="Kedua pihak telah membaca dan menyetujui lampiran ini.",
    )
    parties = (
        words.pick(english="Buyer", indonesian="Pengguna Barang"),
        words.pick(english="Supplier", indonesian="Penyedia"),
    )
    lines = (
        words.pick(english="Name and position", indonesian="Nama dan jabatan"),
        words.pick(english="Place and date", indonesian="Tempat dan tanggal"),
    )
    return [Paragraph(agreed, leads=True), Signatures(parties, lines)]
