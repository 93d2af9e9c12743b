"""What stands in every contract: definitions, what is nobody's or the buyer's doing, disputes.

Lives here: sentences that no mechanism brings, in English and in Indonesian.
May not live here: a number that somebody agreed; those stand with their clauses.
"""

from __future__ import annotations

from pbc_sim.performance.words import Words

__all__ = ["definitions", "disputes", "not_the_suppliers", "value_said"]


def definitions(words: Words, value: float | None) -> list[str]:
    """Return the terms that the clauses use; `value` is the stated contract value [currency]."""
    return [
        words.pick(english=english, indonesian=indonesian)
        for english, indonesian in (
            (
                (
                    "“Buyer” is the party that orders, receives and pays; “Supplier” is the party "
                    "that delivers and is paid."
                ),
                (
                    "“Pengguna Barang” adalah pihak yang memesan, menerima, dan membayar; "
                    "“Penyedia” adalah pihak yang menyerahkan barang dan menerima pembayaran."
                ),
            ),
            (
                (
                    "“KPI” is a key performance indicator of section 3. It is measured from "
                    "records of facts, and its “review” is its judgement at the end of a review "
                    "period."
                ),
                (
                    "“KPI” adalah indikator kinerja utama menurut bagian 3. KPI diukur dari "
                    "catatan kejadian, dan “evaluasi” adalah penilaiannya pada akhir periode "
                    "evaluasi."
                ),
            ),
            (
                (
                    "A unit of goods is “accepted” when the Buyer does not reject it or send it "
                    "back; the “catalogue price” is its price in the agreed list of items."
                ),
                (
                    "Satuan barang “diterima” apabila Pengguna Barang tidak menolak atau "
                    "mengembalikannya; “harga katalog” adalah harganya dalam daftar barang yang "
                    "disepakati."
                ),
            ),
            (
                (
                    "A “business day” is one full span of opening hours on a day that is open; a "
                    "“calendar day” is 24 hours."
                ),
                (
                    "“Hari kerja” adalah satu rentang penuh jam kerja pada hari buka; “hari "
                    "kalender” adalah 24 jam."
                ),
            ),
            (
                (
                    "The “charges” are what is due for a payment period under section 4, before "
                    "anything of section 5. A “deduction” lowers the payment, a “bonus” raises it."
                ),
                (
                    "“Tagihan” adalah jumlah yang terutang untuk suatu periode pembayaran menurut "
                    "bagian 4, sebelum ketentuan bagian 5. “Pemotongan” mengurangi pembayaran, "
                    "“bonus” menambahnya."
                ),
            ),
        )
    ] + [value_said(words, value)]


def value_said(words: Words, value: float | None) -> str:
    """Say what the contract value is."""
    if value is None:
        return words.pick(
            english="The “contract value” is what is expected to be charged over the whole term.",
            indonesian="“Nilai kontrak” adalah perkiraan tagihan selama jangka waktu kontrak.",
        )
    amount = words.money(value)
    return words.pick(
        english=f"The “contract value” is {amount}.",
        indonesian=f"“Nilai kontrak” adalah {amount}.",
    )


def not_the_suppliers(words: Words, force_majeure: list[str], buyer: list[str]) -> list[str]:
    """Say what the supplier does not answer for, and which clauses leave out orders because of it.

    Parameters
    ----------
    words : Words
        The language.
    force_majeure, buyer : list of str
        Numbers of the clauses that leave out what force majeure touched, and what the buyer caused.
    """
    return [
        words.pick(
            english="Force majeure is an event beyond the control of both parties that could "
            "neither be foreseen nor prevented, such as a flood, an earthquake or a stop ordered "
            "by an authority.",
            indonesian="Keadaan kahar adalah kejadian di luar kendali kedua pihak yang tidak dapat "
            "diperkirakan maupun dicegah, seperti banjir, gempa bumi, atau penghentian oleh pihak "
            "berwenang.",
        ),
        words.pick(
            english="The Buyer causes a delay where its place of delivery is closed or nobody "
            "there may sign, and where it orders more than was announced.",
            indonesian="Keterlambatan disebabkan oleh Pengguna Barang apabila tempat penyerahannya "
            "tutup atau tidak ada petugas yang berwenang menandatangani penerimaan, dan apabila "
            "pesanannya melebihi yang diberitahukan.",
        ),
        words.pick(
            english="The Supplier gives notice of either in writing and proves it; the Buyer's "
            "records say which orders it held up. What merely happens at that time, and is not "
            "held up by it, is not touched.",
            indonesian="Penyedia memberitahukannya secara tertulis dan membuktikannya; catatan "
            "Pengguna Barang menunjukkan pesanan mana yang tertahan karenanya. Hal yang hanya "
            "terjadi pada waktu itu dan tidak tertahan karenanya tidak dianggap terdampak.",
        ),
        _left_out(
            words,
            force_majeure,
            words.pick(english="force majeure", indonesian="keadaan kahar"),
        ),
        _left_out(
            words,
            buyer,
            words.pick(
                english="what the Buyer caused", indonesian="hal yang disebabkan Pengguna Barang"
            ),
        ),
    ]


def _left_out(words: Words, clauses: list[str], what: str) -> str:
    where = words.listed(clauses)
    if not clauses:
        return words.pick(
            english=f"No clause of this contract leaves out orders because of {what}.",
            indonesian=f"Tidak ada butir kontrak ini yang mengecualikan pesanan karena {what}.",
        )
    return words.pick(
        english=f"Orders touched by {what} are left out as clauses {where} say.",
        indonesian=f"Pesanan yang terdampak {what} dikecualikan sesuai butir {where}.",
    )


def disputes(words: Words) -> list[str]:
    """Say how payments are stated, and what happens where the parties do not agree."""
    return [
        words.pick(english=english, indonesian=indonesian)
        for english, indonesian in (
            (
                (
                    "With each payment the Buyer sends a statement: for each KPI what was "
                    "counted, its value and whether the target was met; for each clause the "
                    "amount and how it comes about; and the orders behind them."
                ),
                (
                    "Bersama setiap pembayaran, Pengguna Barang menyampaikan rincian: untuk "
                    "setiap KPI data yang dihitung, nilainya, dan apakah target tercapai; untuk "
                    "setiap butir jumlah dan cara perhitungannya; serta pesanan yang mendasarinya."
                ),
            ),
            (
                "The records named in section 3 decide. Both parties may see them at any time.",
                (
                    "Catatan yang disebut dalam bagian 3 menjadi dasar keputusan. Kedua pihak "
                    "dapat melihatnya setiap saat."
                ),
            ),
            (
                (
                    "The Supplier may object in writing until the next payment. The part that is "
                    "not in dispute is paid; what is found afterwards is settled with the next "
                    "payment."
                ),
                (
                    "Penyedia dapat mengajukan keberatan secara tertulis sampai pembayaran "
                    "berikutnya. Bagian yang tidak diperselisihkan tetap dibayar; hasil "
                    "penyelesaiannya diperhitungkan pada pembayaran berikutnya."
                ),
            ),
            (
                (
                    "What the parties cannot settle by themselves goes to the body that the main "
                    "contract names."
                ),
                (
                    "Perselisihan yang tidak dapat diselesaikan kedua pihak diajukan kepada "
                    "lembaga yang disebut dalam kontrak utama."
                ),
            ),
        )
    ]
