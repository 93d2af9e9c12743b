"""The contract as text: complete, in both languages, with every number that was agreed."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from agreed_terms import agreed
from ruamel.yaml import YAML

import pbc_sim as pbc
from pbc_sim.catalogue import Catalogue
from pbc_sim.contract import Contract, text
from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES, Incentive
from pbc_sim.contract.kpi_clauses import SETTINGS, WORDED, KpiClause
from pbc_sim.contract.limits import Cap
from pbc_sim.contract.payments import PAYMENTS, Payment
from pbc_sim.contract.text import words_for
from pbc_sim.errors import PbcError
from pbc_sim.language import LANGUAGES
from pbc_sim.performance.measures import KPIS
from pbc_sim.performance.setting_words import SAID
from pbc_sim.performance.words import TABLES, Words

TESTS = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "texts"
SHOWN = {
    "office_supplies": ("pbc_2022", "milestones_30_50_20"),
    "medical_devices": ("service_credits",),
    "pilot_office": ("pilot",),
}
#: Words that only one of the languages has.
ONLY_ENGLISH = (
    *("the", "of", "and", "is", "are", "not", "each", "every", "paid", "day", "days", "less"),
    *(
        "buyer",
        "supplier",
        "payment",
        "month",
        "order",
        "orders",
        "units",
        "late",
        "with",
        "nothing",
    ),
)
ONLY_INDONESIAN = (
    *("yang", "dan", "tidak", "dari", "untuk", "pada", "dengan", "adalah", "hari", "setiap"),
    *("penyedia", "pembayaran", "bulan", "pesanan", "barang", "apabila", "sebesar", "atau"),
)


@cache
def contracts() -> dict[str, tuple[Contract, str]]:
    """Return every contract of the scenario files and of the stories, with its currency."""
    found = {}
    scenarios = TESTS.parent / "scenarios"
    for folder in (scenarios, scenarios / "schemes", TESTS / "scenarios"):
        for path in sorted(folder.glob("*.yaml")):
            scenario = pbc.load_scenario(path)
            for name, contract in scenario.contracts.items():
                found[f"{path.stem} {name}"] = (contract, scenario.currency)
    for path in sorted((TESTS / "settlements").glob("*.yaml")):
        story = YAML(typ="safe", pure=True).load(path)
        found[path.stem] = (Contract.model_validate(agreed(story)), "EUR")
    return found


each_contract = pytest.mark.parametrize("name", contracts())
each_language = pytest.mark.parametrize("language", LANGUAGES)


# --- complete


@pytest.mark.parametrize(
    ("catalogue", "family"),
    [(INCENTIVES, Incentive), (PAYMENTS, Payment)],
    ids=["incentives", "payments"],
)
def test_every_mechanism_brings_its_sentence(catalogue: Catalogue, family):

    silent = [name for name, entry in catalogue.items() if entry.clause is family.clause]

    assert silent == [], "give the class a clause(words)"


@each_language
def test_every_mechanism_is_worded_in_some_contract(language):
    said = set()

    for contract, currency in contracts().values():
        words = words_for(contract, language, currency)
        for part in (contract.payment, *contract.incentives, *contract.adjustments):
            assert part.clause(words)
            said.add(type(part))

    assert said == {*INCENTIVES.values(), *PAYMENTS.values(), *ADJUSTMENTS.values()}


@each_contract
def test_no_sentence_is_the_same_in_both_languages(name):
    contract, currency = contracts()[name]
    english, indonesian = (words_for(contract, language, currency) for language in LANGUAGES)
    parts = [
        contract.payment,
        *contract.incentives,
        contract.limits,
        contract.gate,
        contract.ramp_in,
        contract.termination,
        *contract.adjustments,
    ]

    pairs = [(part.clause(english), part.clause(indonesian)) for part in parts if part]

    assert [pair for pair in pairs if pair[0] == pair[1] != ""] == []


@pytest.mark.parametrize("name", KPIS)
def test_kpi_says_formula_and_source_and_has_indonesian_words(name):
    kpi = KPIS[name]

    assert kpi.formula
    assert (" / " in kpi.formula) == (kpi.kind == "ratio")
    assert (" / " in kpi.in_indonesian.formula) == (kpi.kind == "ratio")
    assert set(kpi.data) <= set(TABLES)
    assert kpi.data
    assert kpi.in_indonesian.label != kpi.label
    assert kpi.in_indonesian.meaning.endswith(".")
    assert bool(kpi.in_indonesian.unit) == (kpi.unit not in ("1", "currency"))


def test_indonesian_names_of_kpis_are_distinct():

    labels = [kpi.in_indonesian.label for kpi in KPIS.values()]

    assert len(set(labels)) == len(labels)


def test_every_setting_of_a_kpi_has_its_sentence():
    assert set(SAID) >= set(SETTINGS), "add it with @says, beside the KPI or in setting_words.py"


def _brings_a_sentence(annotation) -> bool:
    kinds = get_args(annotation) or (annotation,)
    return any(hasattr(kind, "clause") for kind in kinds)


@pytest.mark.parametrize(
    ("model", "worded"),
    [
        (Contract, text.WORDED),
        (KpiClause, (*WORDED, *SETTINGS)),
        (Incentive, ("rewards_worse", "group")),
    ],
    ids=["contract", "KPI clause", "incentive"],
)
def test_every_field_is_worded_or_brings_its_sentence(model, worded):

    silent = [
        name
        for name, field in model.model_fields.items()
        if name not in worded and not _brings_a_sentence(field.annotation)
    ]

    assert silent == [], "make it a section of its own with a clause(words)"


# --- true


def _numbers(written) -> list[float]:
    if isinstance(written, dict):
        # What a mapping of levels maps from is agreed as well.
        keys = [float(key) for key in written if isinstance(key, float)]
        return keys + [n for value in written.values() for n in _numbers(value)]
    if isinstance(written, (list, tuple)):
        return [n for value in written for n in _numbers(value)]
    is_number = isinstance(written, (int, float)) and not isinstance(written, bool)
    return [float(written)] if is_number else []


@each_language
@each_contract
def test_every_number_of_the_contract_stands_in_its_text(name, language):
    contract, currency = contracts()[name]
    words = Words(language, currency)
    said = " ".join(contract.to_text(language, currency=currency).split())
    agreed = _numbers(contract.model_dump(exclude_unset=True))

    missing = [
        number
        for number in agreed
        # "The first period" and "no bonus" are said in words.
        if number not in (0, 1) and not _is_said(abs(number), said, words)
    ]

    assert missing == []


def _is_said(number: float, said: str, words: Words) -> bool:
    forms = [words.number(number), words.share(number), words.money(number)]
    forms.append(words.number(round(number * 100, 9)))  # percentage points
    return any(re.search(rf"(?<![\d.,]){re.escape(form)}(?![\d%]|[.,]\d)", said) for form in forms)


@pytest.mark.parametrize(
    ("number", "said", "is_said"),
    [
        (0.95, "at least 95%.", True),
        (0.95, "at least 195%", False),
        (0.95, "at least 95.5%", False),
        (5, "up to 15 days", False),
        (5_000.0, "IDR 5,000.00 is", True),
        (5_000.0, "IDR 25,000.00 is", False),
    ],
)
def test_a_number_that_is_not_said_is_seen(number, said, is_said):
    assert _is_said(number, said, Words("en", "IDR")) == is_said


@each_language
@each_contract
def test_text_is_of_one_language(name, language):
    contract, currency = contracts()[name]
    said = contract.to_text(language, currency=currency).partition("\n")[2]  # without the title
    said = re.sub(r"'[^']*'", "", said)  # and without names that the file gives
    foreign = ONLY_INDONESIAN if language == "en" else ONLY_ENGLISH

    found = set(re.findall(r"[^\W\d]+", said.lower())) & set(foreign)

    assert found == set()


@each_contract
def test_text_is_the_same_twice_and_numbered_in_order(name):
    contract, currency = contracts()[name]

    said = contract.to_text("id", currency=currency)

    assert said == contract.to_text("id", currency=currency)
    numbers = [
        tuple(map(int, n.split("."))) for n in re.findall(r"^(\d+\.\d+) ", said, re.MULTILINE)
    ]
    assert numbers == sorted(set(numbers))
    assert {section for section, _ in numbers} == set(range(1, 9))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("story", "name"), [(story, name) for story, names in SHOWN.items() for name in names]
)
def test_text_is_the_one_that_was_read_and_approved(story, name, language, repository):
    scenario = pbc.load_scenario(repository / "scenarios" / f"{story}.yaml")
    golden = (GOLDEN / f"{story}.{name}.{language}.txt").read_text(encoding="utf-8")

    assert scenario.contracts[name].to_text(language, currency=scenario.currency) == golden


# --- exact words


@pytest.mark.parametrize(
    ("language", "money", "share", "points"),
    [
        ("en", "IDR 1,250,000.00", "99.5%", "1 percentage point"),
        ("id", "Rp 1.250.000,00", "99,5%", "1 poin persentase"),
    ],
)
def test_numbers_are_written_as_in_the_country(language, money, share, points):
    words = Words(language, "IDR")

    assert words.money(1_250_000) == money
    assert words.share(0.995) == share
    assert words.distance(KPIS["order_accuracy"], 0.01) == points


def test_amount_keeps_the_digits_that_it_has():
    assert Words("en", "EUR").money(0.125) == "EUR 0.125"
    assert Words("en").money(-3) == "\u22123.00"
    assert Words("id", "EUR").money(1e15) == "EUR 1.000.000.000.000.000,00"


def test_what_is_less_than_nothing_has_a_true_minus():
    words = Words("id", "IDR")

    said = (words.number(-1.5), words.share(-0.5), words.money(-2), words.due(-0.001))

    assert said == ("−1,5", "−50%", "−Rp 2,00", "Rp 0,00")


def test_cap_over_the_term_says_so():
    assert Cap(amount=5.0, per="contract").clause(Words("en", "EUR")).endswith("whole term")


def test_title_cannot_pass_for_a_clause():
    said = Contract.model_validate({"title": "Fair\n5.9 All is due"}).to_text()

    assert said.splitlines()[0] == "Contract: Fair 5.9 All is due"


def test_modifier_that_any_mechanism_takes_is_said_after_its_clause(monkeypatch):
    fee = contracts()["office_supplies pbc_2022"][0].incentives[-1].model_copy()
    monkeypatch.setattr(Incentive, "model_fields", {"amount": None})
    monkeypatch.setattr(type(fee), "clause", lambda self, words: "Fee.")

    class Twice(float):
        def clause(self, words):
            return "Twice as much for the third."

    object.__setattr__(fee, "amount", Twice(fee.amount))
    assert fee.said(Words()) == "Fee. Twice as much for the third."


# --- refusals


def test_unknown_language_is_refused():
    with pytest.raises(PbcError, match="unknown language 'fr'; known: en, id"):
        Contract.model_validate({"title": "t"}).to_text("fr")


def test_kpi_without_indonesian_words_is_refused_with_the_way_out():
    kpi = KPIS["order_accuracy"]
    without = replace(kpi, indonesian=None)

    assert Words("en").label(without) == "Order accuracy"
    with pytest.raises(PbcError, match="'order_accuracy' has no Indonesian words; give it"):
        Words("id").label(without)


def test_mechanism_without_a_sentence_is_refused_with_the_way_out(monkeypatch):
    class Silent(Incentive):
        @classmethod
        def amounts(cls, clauses, block):
            return np.zeros(1)

        def arithmetic(self, block, period, currency):
            return ""

    monkeypatch.setattr(INCENTIVES, "_entries", {"silent": Silent})
    with pytest.raises(PbcError, match="incentive 'silent' has no sentence; write its clause"):
        Silent().clause(Words())
