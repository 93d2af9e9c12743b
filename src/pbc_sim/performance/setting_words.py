"""What does a setting of a KPI mean, in the language of the contract?

Lives here: a sentence for each setting that KPIs take, in English and in Indonesian.
May not live here: the settings themselves (the signatures in `kpis/`).
To add a setting: one function with `@says`, here or beside its KPI.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pbc_sim.performance.words import Words
from pbc_sim.world.calendar import Duration

__all__ = ["EXCLUSIONS", "SAID", "says"]

_EXCUSED = {
    "buyer": ("what the Buyer caused", "hal yang disebabkan Pengguna Barang"),
    "force_majeure": ("force majeure", "keadaan kahar"),
}

Sentence = Callable[[Words, Any], str]

#: A sentence for each setting, by its name.
SAID: dict[str, Sentence] = {}

#: Settings that say what is left out.
EXCLUSIONS = ("excluding", "notice_within")


def says(setting: str) -> Callable[[Sentence], Sentence]:
    """File a function that words a setting's value; it returns "" where nothing need be said."""

    def file(function: Sentence) -> Sentence:
        SAID[setting] = function
        return function

    return file


@says("limit")
def _limit(words: Words, value: Duration) -> str:
    return words.pick(
        english=f"The limit is {words.duration(value)}; exactly at the limit is in time.",
        indonesian=f"Batas waktu adalah {words.duration(value)}; tepat pada batas waktu dianggap "
        "tepat waktu.",
    )


@says("of")
def _of(words: Words, value: str) -> str:
    if value == "lines":
        return words.pick(
            english="Each order line is counted by itself.",
            indonesian="Setiap baris pesanan dihitung tersendiri.",
        )
    return words.pick(
        english="An order is counted as a whole.",
        indonesian="Pesanan dihitung sebagai satu kesatuan.",
    )


@says("counted_by")
def _counted_by(words: Words, value: str) -> str:
    english, indonesian = {
        "due": ("in which it falls due", "saat pesanan jatuh tempo"),
        "ordered": ("in which it is placed", "saat pesanan dibuat"),
        "delivered": ("in which it is delivered", "saat pesanan diserahkan"),
    }[value]
    return words.pick(
        english=f"An order counts in the review period {english}.",
        indonesian=f"Pesanan diperhitungkan pada periode evaluasi {indonesian}.",
    )


@says("counted_in")
def _counted_in(words: Words, value: str) -> str:
    english, indonesian = {
        "business_days": ("business days", "hari kerja"),
        "calendar_days": ("calendar days", "hari kalender"),
    }[value]
    return words.pick(
        english=f"Time is counted in {english}.",
        indonesian=f"Waktu dihitung dalam {indonesian}.",
    )


@says("most_days")
def _most_days(words: Words, value: float) -> str:
    if value == float("inf"):
        return ""
    days = words.counted(value, "calendar day", "hari kalender")
    return words.pick(
        english=f"A late part counts for at most {days}.",
        indonesian=f"Bagian yang terlambat diperhitungkan paling lama {days}.",
    )


@says("machines")
def _machines(words: Words, value: str) -> str:
    return words.pick(
        english=f"Only machines of the group '{value}' count.",
        indonesian=f"Hanya mesin dari kelompok '{value}' yang diperhitungkan.",
    )


@says("critical_only")
def _critical_only(words: Words, value: bool) -> str:
    if not value:
        return ""
    return words.pick(
        english="Only critical items count.",
        indonesian="Hanya barang kritis yang diperhitungkan.",
    )


@says("calls")
def _calls(words: Words, value: str) -> str:
    english, indonesian = {
        "all": ("All calls count.", "Semua panggilan layanan diperhitungkan."),
        "enquiries": ("Only enquiries count.", "Hanya pertanyaan yang diperhitungkan."),
        "complaints": ("Only complaints count.", "Hanya pengaduan yang diperhitungkan."),
        "technical": (
            "Only technical calls count.",
            "Hanya panggilan teknis yang diperhitungkan.",
        ),
    }[value]
    return words.pick(english=english, indonesian=indonesian)


@says("aspect")
def _aspect(words: Words, value: str) -> str:
    english, indonesian = {
        "overall": (
            "The mark is the mean of those for time, completeness and condition.",
            "Nilai adalah rata-rata dari nilai waktu tiba, kelengkapan, dan kondisi fisik.",
        ),
        "time": ("The mark for time counts.", "Nilai waktu tiba yang diperhitungkan."),
        "completeness": (
            "The mark for completeness counts.",
            "Nilai kelengkapan yang diperhitungkan.",
        ),
        "condition": (
            "The mark for condition counts.",
            "Nilai kondisi fisik yang diperhitungkan.",
        ),
    }[value]
    return words.pick(english=english, indonesian=indonesian)


@says("satisfied_from")
def _satisfied_from(words: Words, value: float) -> str:
    score = words.number(value)
    return words.pick(
        english=f"A score of {score} or more, on a scale from 1 to 5, counts as satisfied.",
        indonesian=f"Skor {score} atau lebih, pada skala 1 sampai 5, dihitung sebagai puas.",
    )


@says("excluding")
def _excluding(words: Words, value: tuple[str, ...]) -> str:
    english, indonesian = zip(*(_EXCUSED[cause] for cause in value), strict=True)
    return words.pick(
        english=f"Orders that {' or '.join(english)} touched before they were due are left out.",
        indonesian=f"Pesanan yang terdampak {' atau '.join(indonesian)} sebelum jatuh tempo "
        "dikecualikan.",
    )


@says("notice_within")
def _notice_within(words: Words, value: Duration) -> str:
    said = words.duration(value)
    return words.pick(
        english=f"They are left out only if the supplier gave notice of the disruption within "
        f"{said} of its beginning.",
        indonesian=f"Pengecualian hanya berlaku apabila Penyedia memberitahukan gangguan dalam "
        f"{said} sejak gangguan itu mulai.",
    )
