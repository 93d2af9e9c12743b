"""How does an amount come about: the arithmetic of one period, in the statement and in the annex.

Every case is one quarter of monthly periods with chosen facts, and the sums are made by hand.
"""

import numpy as np
import pytest

from pbc_sim.contract import Contract
from pbc_sim.contract.incentives import Incentive
from pbc_sim.contract.limits import RampIn
from pbc_sim.contract.settlement import settle_block
from pbc_sim.contract.text import words_for
from pbc_sim.language import LANGUAGES
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.words import Words

ACCURACY = {"measure": "order_accuracy", "target": {"at_least": 0.9}, "incentive_level": 0.95}
RETURNS = {"measure": "return_rate", "target": {"at_most": 0.1}, "when_empty": "missed"}
#: Right lines of all lines: 80, 90 and 95 per cent. Of returns the second month tells nothing.
FACTS = {"accuracy": [(80, 100), (90, 100), (95, 100)], "returns": [(5, 100), (0, 0), (30, 100)]}
TOTALS = {
    "accepted_value": [1000, 500, 0],
    "late_value_days": [4000, 0, 0],
    "returned_units": [3, 0, 1],
}
FEE = {"fixed_fee": {"per_period": 1000.0}}


@pytest.fixture
def block_of(scores_of):
    def settled(section, facts):
        contract = Contract.model_validate(
            {"title": "t", "term": {"months": 3}, "payment": FEE} | section
        )
        names = {measure: name for name, measure in contract.measured().items()}

        def numbers(measure, shape):
            if measure in names:
                told = [(a, b, b) for a, b in facts[names[measure]]]
            else:
                told = [(total, 1, 1) for total in TOTALS[measure.kpi]]
            return np.array(told[: shape[-1]], dtype=float).T[:, None, None, :]

        scores = scores_of({"c": contract}, numbers, months=3, supplier_cost=800.0)
        periods = ReviewPeriods.of(scores.setting, contract.term.review, 3)
        return contract, settle_block([contract], scores, periods).block

    return settled


def _on(kpi, mechanism, terms, *, clause=None):
    kpis = {"accuracy": ACCURACY, "returns": RETURNS}
    if clause:
        kpis = kpis | {kpi: kpis[kpi] | clause}
    return {"kpis": kpis, "incentives": [{mechanism: {"kpi": kpi} | terms}]}


def _beside(mechanism, terms, **kpis):
    return {"kpis": kpis or {"accuracy": ACCURACY}, "incentives": [{mechanism: terms}]}


LUMP = {"if_missed": -10.0, "if_met": 0.0, "if_exceeded": 5.0}
POINTS = {"rate": 20.0, "floor": -100.0, "cap": 30.0}
CURVE = {"at_risk": 0.1, "points": {0.8: 0.0, 0.9: 1.0, 1.0: 1.5}}
TIERS = {"tiers": {0.9: 0.25, 0.85: 0.5}}
POOL = {"weights": {"accuracy": 0.75, "returns": 0.25}, "pool": 40.0}
BOTH = {"accuracy": ACCURACY, "returns": RETURNS}
QUARTERLY = {"review": "quarter"}

#: Contract, period from 0, arithmetic of the statement, and of the annex in English.
INCENTIVES = {
    "lump sum, missed": (
        _on("accuracy", "lump_sum", LUMP), 0,
        "fixed amount, target missed",
        "target missed",
    ),
    "lump sum, met": (
        _on("accuracy", "lump_sum", LUMP), 1,
        "fixed amount, target met",
        "target met",
    ),
    "lump sum, exceeded": (
        _on("accuracy", "lump_sum", LUMP), 2,
        "fixed amount, target exceeded",
        "incentive level reached",
    ),
    "lump sum that pays nothing more beyond the target": (
        _on("accuracy", "lump_sum", {"if_missed": -10.0}), 2,
        "fixed amount, target exceeded",
        "target met",
    ),
    "ten points short": (
        _on("accuracy", "per_point", POINTS), 0,
        "−10 points x € 20, from −€ 100 to € 30",
        "−10 × EUR 20.00, from −EUR 100.00 to EUR 30.00",
    ),
    "five points better than a target that moved": (
        _on(
            "accuracy", "per_point", POINTS,
            clause={"target": {"at_least": 0.5}, "seasonal": {"february": 0.85},
                    "incentive_level": None},
        ),
        1,
        "+5 points x € 20, from −€ 100 to € 30",
        "5 × EUR 20.00, from −EUR 100.00 to EUR 30.00",
    ),
    "fewer returns are better": (
        _on("returns", "per_point", POINTS), 0,
        "+5 points x € 20, from −€ 100 to € 30",
        "5 × EUR 20.00, from −EUR 100.00 to EUR 30.00",
    ),
    "nothing known, which counts as the worst": (
        _on("returns", "per_point", POINTS), 1,
        "as many points short as can be x € 20, from −€ 100 to € 30",
        "−∞ × EUR 20.00, from −EUR 100.00 to EUR 30.00",
    ),
    "curve": (
        _on("accuracy", "payment_curve", CURVE), 2,
        "10.0% at risk of period charges € 1,000 x (1.25 earned - 1)",
        "10% × EUR 1,000.00 × (125% − 100%)",
    ),
    "curve over a quarter": (
        _on("accuracy", "payment_curve", CURVE, clause=QUARTERLY), 2,
        "10.0% at risk of period charges of periods 1 to 3 € 3,000 x (0 earned - 1)",
        "10% × EUR 3,000.00 × (0% − 100%)",
    ),
    "tiers": (
        _on("accuracy", "step_tiers", TIERS), 0,
        "credit of 50.0% of period charges € 1,000",
        "− 50% × EUR 1,000.00",
    ),
    "tiers of the contract value": (
        _on("accuracy", "step_tiers", TIERS | {"of": "contract_value"}) | {"value": 600.0}, 0,
        "credit of 50.0% of contract value € 200",
        "− 50% × EUR 200.00",
    ),
    "late fee": (
        _beside("late_fee", {"limit": {"hours": 4.0}, "per_day": 0.01}), 0,
        "0.01 x € 4,000 (late value times days later than 4 hours)",
        "− 1% × EUR 4,000.00 (late value times days)",
    ),
    "events": (
        _beside("per_event", {"event": "returned_units", "amount": -7.0}), 0,
        "returned units: 3 x −€ 7",
        "3 × (−EUR 7.00)",
    ),
    "points that cost by themselves": (
        _beside("demerit_points", {"points": {"accuracy": 2.0}, "per_point": 5.0}), 0,
        "2 new points x € 5",
        "2 new points × EUR 5.00",
    ),
    "points that cost by their balance": (
        _beside(
            "demerit_points",
            {"points": {"accuracy": 2.0}, "bands": {1.0: 50.0}, "window": 2},
        ),
        1,
        "0 new points; balance of 2 points over 2 periods: € 50",
        "0 new points; balance of 2 points: EUR 50.00",
    ),
    "pool": (
        _beside("bonus_pool", POOL, **BOTH), 1,
        "met ones paid: 75.0% of € 40 (accuracy met); 25.0% of € 40 (returns missed)",
        "75% × EUR 40.00 (Order accuracy (clause 3.1))",
    ),
    "pool that was paid before": (
        _beside("bonus_pool", POOL | {"paid": "in_advance"}, **BOTH), 0,
        "missed ones deducted: 75.0% of € 40 (accuracy missed); 25.0% of € 40 (returns met)",
        "−75% × EUR 40.00 (Order accuracy (clause 3.1))",
    ),
    "pool of which a part is reviewed": (
        _beside("bonus_pool", POOL, accuracy=ACCURACY | QUARTERLY, returns=RETURNS), 0,
        "met ones paid: 25.0% of € 40 (returns met)",
        "25% × EUR 40.00 (Return rate (clause 3.2))",
    ),
    "pool between two reviews": (
        _beside(
            "bonus_pool",
            {"weights": {"accuracy": 1.0}, "share": 0.1},
            accuracy=ACCURACY | QUARTERLY,
        ),
        0,
        "no review ends here",
        "nothing",
    ),
    "extension, before the end": (
        _beside("term_extension", {"months": 6, "worth": 90.0}), 1,
        "decided in the last period",
        "decided in the last period",
    ),
    "extension that is lost": (
        _beside("term_extension", {"months": 6, "worth": 90.0}), 2,
        "extension by 6 months worth € 90: not every target met",
        "not every target met",
    ),
    "extension that is earned": (
        _beside(
            "term_extension",
            {"months": 6, "margin_share": 0.1},
            accuracy=ACCURACY | {"target": {"at_least": 0.5}},
        ),
        2,
        "extension by 6 months worth € 600: every target met",
        "every target met",
    ),
}  # fmt: skip

TRANCHES = {
    "tranches": [
        {"share": 0.3, "when": "signing"},
        {"share": 0.6, "when": "targets_met"},
        {"share": 0.1, "when": "targets_exceeded"},
    ]
}
MILESTONES = {"value": 900.0, "payment": {"milestones": TRANCHES}, "kpis": {"accuracy": ACCURACY}}
#: The same for what is paid before incentives.
PAYMENTS = {
    "fee": (
        {}, 0,
        "fixed fee of € 1,000 a period",
        "EUR 1,000.00",
    ),
    "prices": (
        {"payment": {"catalogue_price": {"factor": 0.9}}}, 0,
        "accepted at catalogue prices € 1,000 x 0.9",
        "EUR 1,000.00 × 90%",
    ),
    "tranches of the first month, whose target is missed": (
        MILESTONES, 0,
        ("of the contract value € 900: 30.0% at signing; 60.0% / 3 reviews (not earned: not all "
         "targets met); 10.0% / 3 reviews (not earned: not all targets exceeded)"),
        "EUR 900.00 × (30%)",
    ),
    "tranches of a month in which all is earned": (
        MILESTONES, 2,
        ("of the contract value € 900: 60.0% / 3 reviews (all targets met); 10.0% / 3 reviews "
         "(all targets exceeded)"),
        "EUR 900.00 × (20% + 3.3333%)",
    ),
    "tranches of a month without review": (
        MILESTONES | {"kpis": {"accuracy": ACCURACY | {"review": "quarter"}}}, 1,
        "of the contract value € 900: ",
        "EUR 900.00 × (0%)",
    ),
    "all at signing, without a KPI": (
        {"value": 900.0,
         "payment": {"milestones": {"tranches": [{"share": 1.0, "when": "signing"}]}}},
        0,
        "of the contract value € 900: 100.0% at signing",
        "EUR 900.00 × (100%)",
    ),
    "a share of costs": (
        {"payment": {"fixed_price_incentive": {
            "target_cost": 900.0, "target_profit": 90.0, "share_below": 0.5, "share_above": 0.5}}},
        1,
        "target price € 990 / 3 periods",
        "target price EUR 990.00 / 3 periods",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", INCENTIVES)
def test_incentive_says_its_arithmetic(case, block_of):
    section, period, statement, annex = INCENTIVES[case]
    contract, block = block_of(section, FACTS)
    incentive = contract.incentives[0]

    assert incentive.arithmetic(block, period, "EUR") == statement
    assert incentive.worked(block, period, words_for(contract, "en", "EUR")) == annex


@pytest.mark.parametrize("case", PAYMENTS)
def test_payment_says_its_arithmetic(case, block_of):
    section, period, statement, annex = PAYMENTS[case]
    contract, block = block_of(section, FACTS)

    assert contract.payment.arithmetic(block, period, "EUR") == statement
    assert contract.payment.worked(block, period, words_for(contract, "en", "EUR")) == annex


@pytest.mark.parametrize(
    ("kpi", "mechanism", "terms", "period", "said"),
    [
        ("accuracy", "lump_sum", LUMP, 0, "target tidak tercapai"),
        ("accuracy", "lump_sum", LUMP, 1, "target tercapai"),
        ("accuracy", "lump_sum", LUMP, 2, "tingkat insentif tercapai"),
        ("accuracy", "per_point", POINTS, 0, "−10 × Rp 20,00, dari −Rp 100,00 sampai Rp 30,00"),
        ("accuracy", "payment_curve", CURVE, 2, "10% × Rp 1.000,00 × (125% − 100%)"),
        ("accuracy", "step_tiers", TIERS, 0, "− 50% × Rp 1.000,00"),
    ],
)
def test_arithmetic_is_said_in_indonesian(kpi, mechanism, terms, period, said, block_of):
    contract, block = block_of(_on(kpi, mechanism, terms), FACTS)

    assert contract.incentives[0].worked(block, period, words_for(contract, "id", "IDR")) == said


@pytest.mark.parametrize(
    ("mechanism", "terms", "said"),
    [
        (
            "late_fee", {"limit": {"hours": 4.0}, "per_day": 0.01},
            "− 1% × Rp 4.000,00 (nilai terlambat kali hari)",
        ),
        ("per_event", {"event": "returned_units", "amount": -7.0}, "3 × (−Rp 7,00)"),
        ("demerit_points", {"points": {"accuracy": 2.0}, "per_point": 5.0},
         "2 poin baru × Rp 5,00"),
    ],
)  # fmt: skip
def test_arithmetic_of_what_is_counted_is_said_in_indonesian(mechanism, terms, said, block_of):
    contract, block = block_of(_beside(mechanism, terms), FACTS)

    assert contract.incentives[0].worked(block, 0, words_for(contract, "id", "IDR")) == said


def test_shares_of_costs_are_settled_in_the_last_period(block_of):
    contract, block = block_of(PAYMENTS["a share of costs"][0], FACTS)

    assert contract.payment.worked(block, 2, words_for(contract, "id", "EUR")) == (
        "harga target EUR 990,00 / 3 periode; harga akhir EUR 940,00 pada biaya nyata EUR 800,00, "
        "dikurangi target"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_incentive_without_own_arithmetic_points_to_its_clause(language, block_of):
    contract, block = block_of(_on("accuracy", "lump_sum", LUMP), FACTS)

    said = Incentive.worked(contract.incentives[0], block, 0, Words(language, ""))

    assert said == {"en": "as the clause says", "id": "sesuai ketentuan butir ini"}[language]


def test_breaches_are_counted_beyond_the_allowance(block_of):
    """Of 100 lines 20 are wrong, and ten are allowed."""
    contract, block = block_of(_on("accuracy", "per_breach", {"rate": 5.0}), FACTS)
    (clause,) = contract.incentives

    assert clause.arithmetic(block, 0, "USD") == "10 breaches x −$ 5"
    assert clause.worked(block, 0, Words("en", "USD")) == "− 10 × USD 5.00"


def test_no_ramp_in_says_nothing():
    assert RampIn(periods=0).clause(Words("en", "")) == ""
