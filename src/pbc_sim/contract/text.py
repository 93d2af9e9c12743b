"""How does the contract read: numbered clauses in English or Indonesian.

Lives here: the order of sections and their numbers. May not live here: the sentence of a mechanism,
a payment, a KPI or a modifier; each brings its own.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pbc_sim.contract.standing_clauses import definitions, disputes, not_the_suppliers
from pbc_sim.language import Language, said
from pbc_sim.performance.periods import Review
from pbc_sim.performance.words import Referred, Words

__all__ = ["Clause", "Section", "as_text", "one_line", "sections", "words_for"]

#: Numbers of sections that other sections refer to.
KPI_SECTION, PAYMENT_SECTION, INCENTIVE_SECTION = 3, 4, 5

#: Fields of a contract that `sections` words itself; any other must be a section with a `clause`.
WORDED = (
    *("title", "source", "term", "value", "payment", "kpis", "incentives"),
    *("adjustments", "groups", "admissible_plans"),
)

WIDTH = 100


#: A `Contract`; its module imports this one, so the name cannot.
Agreed = Any


@dataclass(frozen=True)
class Clause:
    """A numbered clause.

    Parameters
    ----------
    number : str
        As 3.2.
    heading : str
        What it is about; may be empty.
    text : str
        One or more sentences.
    """

    number: str
    heading: str
    text: str


@dataclass(frozen=True)
class Section:
    """A numbered section of clauses."""

    number: int
    heading: str
    clauses: tuple[Clause, ...]

    @property
    def title(self) -> str:
        """Number and heading."""
        return f"{self.number}. {self.heading}"


def words_for(
    contract: Agreed, language: Language, currency: str, plans: Mapping[str, str] | None = None
) -> Words:
    """Return the words of a contract: its KPIs are referred to by the numbers of their clauses.

    `plans` says what ways of working are called for people, in that language.
    """
    kpis = {
        name: Referred(clause.kpi, f"{KPI_SECTION}.{n}")
        for n, (name, clause) in enumerate(contract.kpis.items(), start=1)
    }
    return Words(language, currency, kpis, plans or {})


def sections(contract: Agreed, words: Words) -> list[Section]:
    """Return all sections of a contract, in the order in which they are numbered."""
    written = [
        (words.pick(english="Definitions", indonesian="Definisi"), _plain(_definitions)),
        (
            words.pick(english="Term and payment periods", indonesian="Jangka waktu"),
            _plain(_term),
        ),
        (
            words.pick(
                english="Key performance indicators", indonesian="Indikator kinerja utama (KPI)"
            ),
            _kpis,
        ),
        (words.pick(english="Payment", indonesian="Pembayaran"), _plain(_payment)),
        (
            words.pick(english="Bonuses and deductions", indonesian="Bonus dan pemotongan"),
            _plain(_incentives),
        ),
        (
            words.pick(english="Limits and conditions", indonesian="Batas dan syarat"),
            _plain(_conditions),
        ),
        (
            words.pick(
                english="Force majeure, and what the Buyer causes",
                indonesian="Keadaan kahar dan hal yang disebabkan Pengguna Barang",
            ),
            _plain(_not_the_suppliers),
        ),
        (
            words.pick(
                english="Statements and disputes", indonesian="Rincian pembayaran dan perselisihan"
            ),
            _plain(lambda _, words: disputes(words)),
        ),
    ]
    return [
        Section(
            n,
            heading,
            tuple(
                Clause(f"{n}.{k}", title, text)
                for k, (title, text) in enumerate(of(contract, words), start=1)
            ),
        )
        for n, (heading, of) in enumerate(written, start=1)
    ]


def as_text(
    contract: Agreed, language: Language, currency: str, plans: Mapping[str, str] | None = None
) -> str:
    """Return the contract as plain text, wrapped at 100 letters."""
    words = words_for(contract, language, currency, plans)
    kind = words.pick(english="Contract", indonesian="Kontrak")
    lines = [f"{kind}: {one_line(said(contract.title, words.language))}"]
    for section in sections(contract, words):
        lines += ["", section.title]
        for clause in section.clauses:
            heading = f"{clause.heading}. " if clause.heading else ""
            indent = " " * (len(clause.number) + 1)
            text = f"{clause.number} {heading}{clause.text}"
            lines.append(
                textwrap.fill(
                    text, WIDTH, subsequent_indent=indent, break_long_words=False,
                    break_on_hyphens=False,
                )
            )  # fmt: skip
    return "\n".join(lines) + "\n"


def one_line(title: str) -> str:
    """Return a title without line breaks, so that none of it can be taken for a clause."""
    return " ".join(title.split())


def _plain(of: Any) -> Any:
    """Give sentences no headings."""
    return lambda contract, words: [("", sentence) for sentence in of(contract, words) if sentence]


def _definitions(contract: Agreed, words: Words) -> list[str]:
    return definitions(words, contract.value)


def _term(contract: Agreed, words: Words) -> list[str]:
    months, review = contract.term.months, contract.term.review
    if months is None:
        runs = words.pick(
            english="The contract runs for the term that the parties state at signing.",
            indonesian="Kontrak berlaku selama jangka waktu yang dinyatakan para pihak saat "
            "penandatanganan.",
        )
    else:
        length = words.counted(months, "month", "bulan")
        runs = words.pick(
            english=f"The contract runs for {length}.",
            indonesian=f"Kontrak berlaku selama {length}.",
        )
    rate = contract.term.discount_rate_per_year
    discounted = words.pick(
        english=f"Present values are worked out at {words.share(rate)} a year.",
        indonesian=f"Nilai kini dihitung dengan {words.share(rate)} per tahun.",
    )
    return [runs, _periods_said(words, review), discounted if rate else ""]


def _periods_said(words: Words, review: Review) -> str:
    if review == "term":
        return words.pick(
            english="There is one payment period, the whole term.",
            indonesian="Hanya ada satu periode pembayaran, yaitu seluruh jangka waktu kontrak.",
        )
    period = words.period(review)
    return words.pick(
        english=f"Each {period} of the term is a payment period. What falls exactly on the "
        "beginning of a period belongs to it, what falls exactly on its end belongs to the next. "
        "The last period ends with the term.",
        indonesian=f"Setiap {period} dalam jangka waktu kontrak merupakan satu periode pembayaran. "
        "Hal yang terjadi tepat pada awal suatu periode termasuk periode itu, yang tepat pada "
        "akhirnya termasuk periode berikutnya. Periode terakhir berakhir bersama jangka waktu "
        "kontrak.",
    )


def _kpis(contract: Agreed, words: Words) -> list[tuple[str, str]]:
    if not contract.kpis:
        none = words.pick(english="No KPI is agreed.", indonesian="Tidak ada KPI yang disepakati.")
        return [("", none)]
    return [
        (
            words.label(clause.kpi),
            words.paragraph(*(s for _, s in clause.particulars(words, contract.term.review))),
        )
        for clause in contract.kpis.values()
    ]


def _payment(contract: Agreed, words: Words) -> list[str]:
    due = words.pick(
        english="A payment is due on the first business day after the payment period.",
        indonesian="Pembayaran jatuh tempo pada hari kerja pertama setelah periode pembayaran.",
    )
    paid = words.pick(
        english="What is paid for a payment period is its charges, plus the bonuses and less the "
        "deductions of sections 5 and 6. If deductions exceed the charges, the Supplier pays the "
        "difference.",
        indonesian="Pembayaran untuk suatu periode adalah tagihannya, ditambah bonus dan dikurangi "
        "pemotongan menurut bagian 5 dan 6. Apabila pemotongan melebihi tagihan, Penyedia membayar "
        "selisihnya.",
    )
    adjusted = [adjustment.clause(words) for adjustment in contract.adjustments]
    return [contract.payment.clause(words), *adjusted, paid, due]


def _incentives(contract: Agreed, words: Words) -> list[str]:
    if not contract.incentives:
        return [
            words.pick(
                english="There are no bonuses and no deductions.",
                indonesian="Tidak ada bonus maupun pemotongan.",
            )
        ]
    return [incentive.said(words) for incentive in contract.incentives]


def _conditions(contract: Agreed, words: Words) -> list[str]:
    # Ramp-in and gate act before the limits, and so stand before them, as later fields do.
    fields = [name for name in reversed(list(type(contract).model_fields)) if name not in WORDED]
    given = [getattr(contract, name) for name in fields]
    said = [value.clause(words) for value in given if hasattr(value, "clause")]
    said += [*_groups(contract, words), _plans(contract, words)]
    if not any(said):
        return [
            words.pick(
                english="There are no limits and no conditions.",
                indonesian="Tidak ada batas maupun syarat.",
            )
        ]
    order = words.pick(
        english="Where several of these act, they do so in this order: first payment periods "
        "without bonuses and deductions, condition for a bonus, limits of a payment period, limits "
        "of the whole term.",
        indonesian="Apabila beberapa ketentuan ini berlaku bersamaan, urutannya adalah: masa "
        "penyesuaian, syarat bonus, batas setiap periode pembayaran, batas seluruh jangka waktu "
        "kontrak.",
    )
    return [*said, order]


def _groups(contract: Agreed, words: Words) -> list[str]:
    """Say the limits that several mechanisms share."""
    return [
        words.pick(
            english=f"For the clauses of the group “{name}”: {limits.clause(words)}",
            indonesian=f"Untuk butir-butir kelompok “{name}”: {limits.clause(words)}",
        )
        for name, limits in contract.groups.items()
    ]


def _plans(contract: Agreed, words: Words) -> str:
    """Say which ways of working fulfil the contract."""
    if contract.admissible_plans is None:
        return ""
    plans = words.listed(f"“{words.plans.get(p, p)}”" for p in contract.admissible_plans)
    return words.pick(
        english=f"Only these ways of working fulfil the contract: {plans}.",
        indonesian=f"Hanya cara kerja berikut yang memenuhi kontrak ini: {plans}.",
    )


def _not_the_suppliers(contract: Agreed, words: Words) -> list[str]:
    """Say what is not the supplier's doing, and which clauses leave out orders because of it."""
    numbered = (
        (KPI_SECTION, contract.kpis.values()),
        (INCENTIVE_SECTION, contract.incentives),
    )
    excused: dict[str, list[str]] = {"force_majeure": [], "buyer": []}
    for section, clauses in numbered:
        for n, clause in enumerate(clauses, start=1):
            for cause in getattr(clause, "excluding", None) or ():
                excused[cause].append(f"{section}.{n}")
    return not_the_suppliers(words, **excused)
