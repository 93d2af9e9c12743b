"""How is it said in the language of the contract: numbers, money, dates, KPIs.

Lives here: `Words`, with which every clause writes its own sentence in English and in Indonesian.
May not live here: a sentence of any clause; each stands beside its formula.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from babel.dates import format_date, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent, get_currency_symbol

from pbc_sim.errors import PbcError, unknown_name
from pbc_sim.language import LANGUAGES, Language
from pbc_sim.performance.measures import KPIS, Kpi, KpiWords
from pbc_sim.world.calendar import Duration

__all__ = ["TABLES", "Referred", "Words"]

LOCALES: dict[str, str] = {"en": "en_GB", "id": "id_ID"}

MINUS = "\u2212"

#: A review period, and what lies between two reviews: English, Indonesian.
PERIODS: dict[str, tuple[str, str]] = {
    "week": ("week", "minggu"),
    "month": ("month", "bulan"),
    "quarter": ("quarter", "triwulan"),
    "half_year": ("half-year", "semester"),
    "year": ("year", "tahun"),
    "term": ("term of the contract", "jangka waktu kontrak"),
}
#: What a KPI's facts number: English, Indonesian.
COUNTED: dict[str, tuple[str, str]] = {
    "orders": ("orders", "pesanan"),
    "lines": ("order lines", "baris pesanan"),
    "items": ("items times days", "jenis barang kali hari"),
    "machines": ("machines times days", "mesin kali hari"),
    "calls": ("calls", "panggilan layanan"),
    "units": ("answers", "jawaban survei"),
}
#: The records that KPIs are read from, by the tables of the ledger: English, Indonesian.
TABLES: dict[str, tuple[str, str]] = {
    "orders": ("orders", "pesanan"),
    "lines": ("order lines", "baris pesanan"),
    "deliveries": ("deliveries", "penyerahan barang"),
    "returns": ("returns", "retur barang"),
    "replenishments": ("goods in", "barang masuk"),
    "stock": ("stock levels of the supplier", "tingkat stok penyedia"),
    "machine_states": ("running and standing of machines", "status operasi mesin"),
    "failures": ("failures of machines", "kerusakan mesin"),
    "calibrations": ("calibrations", "kalibrasi alat"),
    "storeroom": ("stock of the storerooms", "stok gudang unit kerja"),
    "parts_used": ("parts used", "pemakaian suku cadang"),
    "low_stock": ("low-stock notices", "notifikasi stok rendah"),
    "calls": ("calls to the service desk", "panggilan ke meja layanan"),
    "ratings": ("ratings of deliveries", "penilaian penerimaan barang"),
    "survey": ("survey answers", "jawaban survei"),
    "disruptions": ("disruptions and notices of them", "gangguan dan pemberitahuannya"),
    "touched": ("orders held up by disruptions", "pesanan yang terdampak gangguan"),
}


class Referred(NamedTuple):
    """A KPI of the contract and the number of its clause."""

    kpi: Kpi
    number: str


@dataclass(frozen=True)
class Words:
    """Writes numbers, money, dates and the names of KPIs in one language.

    Parameters
    ----------
    language : {"en", "id"}
        English or Indonesian.
    currency : str
        ISO 4217 code of amounts; empty for bare numbers.
    kpis : mapping of str to Referred
        The KPIs of the contract by its own names.
    plans : mapping of str to str
        What ways of working are called for people; those left out are called by their names.

    Raises
    ------
    PbcError
        If the language is unknown.

    Examples
    --------
    >>> indonesian, english = Words("id", "IDR"), Words("en", "IDR")
    >>> indonesian.money(1_250_000), english.money(1_250_000)
    ('Rp 1.250.000,00', 'IDR 1,250,000.00')
    >>> indonesian.share(0.995), english.share(0.995)
    ('99,5%', '99.5%')
    >>> indonesian.duration(Duration(business_days=2))
    '2 hari kerja'
    """

    language: Language = "en"
    currency: str = ""
    kpis: Mapping[str, Referred] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise PbcError(unknown_name("language", self.language, LANGUAGES))

    def pick(self, *, english: str, indonesian: str) -> str:
        """Return what is said in this language; both stand beside each other in the source."""
        return english if self.language == "en" else indonesian

    def _one_of(self, pair: tuple[str, str]) -> str:
        return self.pick(english=pair[0], indonesian=pair[1])

    @property
    def locale(self) -> str:
        """The locale by which numbers and dates are written."""
        return LOCALES[self.language]

    # --- numbers

    def number(self, value: float) -> str:
        """Write a number with all its digits."""
        size = format_decimal(abs(_exact(value)), format="#,##0.############", locale=self.locale)
        return f"{MINUS if value < 0 else ''}{size}"

    def share(self, value: float) -> str:
        """Write a share as a percentage with all its digits."""
        size = format_percent(abs(_exact(value)), format="#,##0.############%", locale=self.locale)
        return f"{MINUS if value < 0 else ''}{size}"

    def rate(self, value: float) -> str:
        """Write a share, in per mille too where that is how the trade says it."""
        if not 0 < value < 0.01 or float(_exact(value * 1000)) % 1:
            return self.share(value)
        per_mille = format_percent(_exact(value), format="#,##0‰", locale=self.locale)
        return f"{per_mille} ({self.share(value)})"

    def money(self, amount: float) -> str:
        """Write an amount to the hundredth, and to more digits if it has more."""
        digits = format_decimal(
            abs(_exact(amount)), format="#,##0.00##########", locale=self.locale
        )
        symbol = (
            get_currency_symbol("IDR", self.locale)
            if (self.currency, self.language) == ("IDR", "id")
            else self.currency
        )
        sign = MINUS if amount < 0 and any(digit in digits for digit in "123456789") else ""
        return f"{sign}{symbol} {digits}" if symbol else f"{sign}{digits}"

    def due(self, amount: float) -> str:
        """Write an amount that was worked out, rounded to the hundredth."""
        return self.money(round(amount, 2))

    def signed(self, amount: float) -> str:
        """Say an amount as what becomes of it: deducted, or paid on top."""
        if not amount:
            return self.pick(
                english="nothing is paid or deducted",
                indonesian="tidak ada yang dibayarkan maupun dipotong",
            )
        size = self.money(abs(amount))
        if amount < 0:
            return self.pick(
                english=f"{size} is deducted", indonesian=f"dikenakan pemotongan sebesar {size}"
            )
        return self.pick(
            english=f"{size} is paid on top", indonesian=f"dibayarkan tambahan sebesar {size}"
        )

    # --- time

    def date(self, day: dt.date) -> str:
        """Write a date, as 1 January 2022."""
        return format_date(day, format="d MMMM yyyy", locale=self.locale)

    def duration(self, duration: Duration) -> str:
        """Write a limit, as 2 business days."""
        for length, english, indonesian in (
            (duration.business_days, "business day", "hari kerja"),
            (duration.calendar_days, "calendar day", "hari kalender"),
            (duration.hours, "hour", "jam"),
        ):
            if length is not None:
                said = self.counted(length, english, indonesian)
                break
        if duration.ends == "close_of_business":
            said += self.pick(
                english=", until close of business on the last of them",
                indonesian=", sampai tutup jam kerja pada hari terakhir",
            )
        return said

    def counted(self, number: float, english: str, indonesian: str) -> str:
        """Write a number and what is counted, as 2 business days."""
        plural = "" if number == 1 or english.endswith(("s", "%")) else "s"
        return f"{self.number(number)} {self._one_of((english + plural, indonesian))}"

    def month(self, name: str) -> str:
        """Name a month by its English key."""
        number = list(calendar.month_name).index(name.capitalize())
        return str(get_month_names("wide", locale=self.locale)[number])

    def period(self, review: str) -> str:
        """Name a review period: month, quarter."""
        return self._one_of(PERIODS[review])

    # --- KPIs

    def of(self, kpi: Kpi) -> KpiWords:
        """Return what a KPI is called.

        Raises
        ------
        PbcError
            If it has no words in this language.
        """
        return kpi.in_english if self.language == "en" else kpi.in_indonesian

    def label(self, kpi: Kpi) -> str:
        """Name a KPI."""
        return self.of(kpi).label

    def meaning(self, kpi: Kpi) -> str:
        """Define a KPI in one sentence."""
        return self.of(kpi).meaning

    def formula(self, kpi: Kpi) -> str:
        """Say what is divided by what."""
        divided = self.pick(english=", divided by ", indonesian=", dibagi ")
        return self.of(kpi).formula.replace(" / ", divided)

    def tables(self, names: Iterable[str]) -> str:
        """Name the records that a KPI is read from."""
        return self.listed([self._one_of(TABLES[name]) for name in names])

    def counts(self, kpi: Kpi) -> str:
        """Name what the facts of a KPI number: orders, calls."""
        return self._one_of(COUNTED[kpi.counts])

    def level(self, kpi: str | Kpi, value: float) -> str:
        """Write a value in the unit of a KPI (by the contract's name, or itself)."""
        entry = self.kpis[kpi].kpi if isinstance(kpi, str) else kpi
        if entry.unit == "1":
            return self.share(value)
        if entry.unit == "currency":
            return self.money(value)
        if entry.unit == "currency x day":
            return f"{self.money(value)} x {self._one_of(('day', 'hari'))}"
        unit = self.of(entry).unit
        return self.counted(value, unit, unit)

    def distance(self, kpi: str | Kpi, value: float) -> str:
        """Write a difference of two values of a KPI: of shares, in percentage points."""
        entry = self.kpis[kpi].kpi if isinstance(kpi, str) else kpi
        if entry.unit == "1":
            points = float(_exact(value * 100))
            return self.counted(points, "percentage point", "poin persentase")
        return self.level(entry, value)

    def kpi(self, name: str) -> str:
        """Refer to a KPI of the contract by its label and the number of its clause."""
        kpi, number = self.kpis[name]
        return self.pick(
            english=f"{self.label(kpi)} (clause {number})",
            indonesian=f"{self.label(kpi)} (butir {number})",
        )

    def each(self, name: str) -> str:
        """Name one of what a total counts, by its key in the catalogue of KPIs."""
        called = self.of(KPIS[name])
        meaning = called.meaning.rstrip(".")
        counts = self.pick(english="that counts under", indonesian="yang terhitung dalam")
        return f"{called.unit} {counts} {called.label} ({meaning[0].lower()}{meaning[1:]})"

    def worse_than(self, name: str, level: float) -> str:
        """Say which values are worse than a level: below it or above it."""
        said = self.level(name, level)
        if self.kpis[name].kpi.better == "higher":
            return self.pick(english=f"below {said}", indonesian=f"di bawah {said}")
        return self.pick(english=f"above {said}", indonesian=f"di atas {said}")

    # --- sentences

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts as the language does: a, b and c."""
        return format_list(list(parts), style="standard", locale=self.locale)

    def paragraph(self, *sentences: str) -> str:
        """Join sentences, leaving out those that say nothing."""
        return " ".join(sentence for sentence in sentences if sentence)


def _exact(value: float) -> Decimal:
    # Twelve digits, so that 0.07 reads as 7% and not as 7.000000000000001%.
    return Decimal(f"{value:.12g}")
