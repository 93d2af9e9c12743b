"""A statement says what was paid and why, so that a lawyer can follow it down to the orders."""

import re

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.contract import Contract, needs_of
from pbc_sim.contract.evidence import MOST_LISTED
from pbc_sim.contract.naming import kpi_label, target_said
from pbc_sim.contract.statement import state
from pbc_sim.language import speaking
from pbc_sim.performance.measures import Measure, measure
from pbc_sim.performance.periods import ReviewPeriods
from pbc_sim.performance.scorecard import Scores
from pbc_sim.world.calendar import Duration

CONTRACTS = ("traditional", "pbc_2022", "harsh", "mild_with_bonus", "milestones_30_50_20")
CELLS = (("as_usual", 0), ("all_out", 1))


@pytest.fixture(scope="module")
def prices(repository):
    scenario = pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")
    outcomes = pbc.run(scenario, replications=2, seed=1, workers=1, progress=False)
    return outcomes.settle()


@pytest.fixture(scope="module")
def told(prices):
    """Return every statement of a contract in a cell; ledgers are simulated once."""
    ledgers = {cell: prices.outcomes.ledger(*cell) for cell in CELLS}

    def statements(name, cell):
        contract, scores = prices.contracts[name], prices.outcomes.scores.only(*cell)
        n = len(ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months))
        return [state(name, contract, scores, ledgers[cell], p + 1, "IDR") for p in range(n)]

    return statements


def _amount_in(text):
    """Read the first amount of a text, as 'IDR 62,771,700'."""
    return float(re.search(r"IDR ([\d,]+)", text)[1].replace(",", ""))


@pytest.mark.parametrize("cell", CELLS, ids=str)
@pytest.mark.parametrize("name", CONTRACTS)
def test_statement_totals_are_what_plain_loops_pay_in_every_period(
    name, cell, prices, told, by_hand
):
    contract, scores = prices.contracts[name], prices.outcomes.scores.only(*cell)
    setting = scores.setting
    expected_value = setting.expected_value(setting.measured_from, setting.ends)

    statements = told(name, cell)

    lines = by_hand(contract, scores, expected_value=expected_value)
    for p, statement in enumerate(statements):
        expected = sum(amounts[p] for _, amounts in lines)
        assert statement.total == pytest.approx(expected, rel=1e-9, abs=1e-3), f"period {p + 1}"
    paid = prices.payments.sel(contract=name, plan=cell[0], replication=cell[1])
    assert sum(s.total for s in statements) == pytest.approx(float(paid), rel=1e-9)


@pytest.mark.parametrize("name", CONTRACTS)
def test_statement_lines_add_up_to_its_total(name, told):

    for statement in told(name, CELLS[0]):
        amounts = statement.lines["amount"].tolist()
        assert amounts[-1] == pytest.approx(sum(amounts[:-1]))
        assert statement.lines["clause"].iloc[-1] == "total"


def test_statement_shows_numerator_denominator_value_and_target(prices, told):
    name, cell, period = "pbc_2022", CELLS[0], 12
    contract, scores = prices.contracts[name], prices.outcomes.scores.only(*cell)

    rows = told(name, cell)[period - 1].kpis.set_index("kpi")

    for kpi, asked in contract.measured().items():
        numerator, denominator, _ = scores.measured[asked][:, 0, 0, -1]
        called, clause = kpi_label(contract, kpi), contract.kpis[kpi]
        assert rows.loc[called, "counted"] == f"{numerator:,.0f} / {denominator:,.0f}"
        assert rows.loc[called, "value"] == f"{100 * numerator / denominator:.2f}%"
        assert rows.loc[called, "target"] == target_said(clause, "IDR")
    assert rows.loc["On-time share", "target"] == "at least 95%"
    assert "2 business days" in rows.loc["On-time share", "measure"]


def test_a_measure_is_called_by_its_label_and_limit_in_both_languages():
    measured = Measure.of("on_time_share", review="half_year", limit=Duration(business_days=2))

    with speaking("id"):
        indonesian = measured.said()

    assert measured.said() == "On-time share (2 business days, per half-year)"
    assert indonesian == "Ketepatan waktu pemenuhan pesanan (2 hari kerja, per semester)"


def test_statement_shows_the_arithmetic_of_each_line(told):
    checked = set()
    for statement in told("pbc_2022", CELLS[0])[1:]:
        for clause, words, amount in statement.lines.itertuples(index=False):
            if clause == "catalogue price":
                due = _amount_in(words) * float(words.rsplit(" x ", 1)[1])
            elif clause == "per event":
                due = -float(words.split(": ")[1].split(" ")[0].replace(",", "")) * _amount_in(
                    words
                )
            elif clause == "late fee":
                due = -_amount_in(words) / 1000
            elif clause.startswith("payment curve") and "no bonus" not in words:
                at_risk = float(words.split("%")[0]) / 100
                earned = _reckoned(re.search(r"\((\S+)(?: ≈ \S+)? earned", words)[1])
                due = at_risk * _amount_in(words) * (earned - 1)
            else:
                continue
            # Everything is shown to the hundredth, so a reader gets the amount to the hundredth.
            assert amount == pytest.approx(due, abs=0.02), words
            checked.add(clause.split(" on ")[0])

    assert checked == {"catalogue price", "per event", "late fee", "payment curve"}


def _reckoned(words):
    """Return what a decimal or a fraction of a statement is."""
    top, _bar, below = words.replace(",", "").partition("/")
    return float(top) / float(below or 1)


def test_a_statement_has_no_digits_that_nobody_can_reckon_with(told):
    """Fractions are exact and short, beside about how much they are; amounts are to the cent."""
    lines = [
        words for statement in told("pbc_2022", CELLS[0]) for words in statement.lines["arithmetic"]
    ]

    assert not [words for words in lines if re.search(r"\.\d{7,}", words)]
    fraction = re.compile(r"\(\d[\d,]*/\d[\d,]* ≈ \d\.\d+ earned - 1\)")
    assert [words for words in lines if fraction.search(words)]


def test_statement_lists_the_orders_behind_a_missed_target(prices, told):
    name, cell = "pbc_2022", CELLS[0]
    scores = prices.outcomes.scores.only(*cell)
    asked = prices.contracts[name].measured()["fulfilment"]

    for p, statement in enumerate(told(name, cell)):
        numerator, denominator, _ = scores.measured[asked][:, 0, 0, p]
        late = int(denominator - numerator)
        first, *rows = statement.evidence["Behind On-time share"]
        assert first == (f"{late} orders counted against the supplier" if late else "none")
        assert len([r for r in rows if r.startswith("order ")]) == min(late, MOST_LISTED)
        if late > MOST_LISTED:
            assert rows[-1] == f"... and {late - MOST_LISTED} more"


def test_orders_behind_a_missed_target_are_late_in_the_ledger(prices, told):
    """The orders that a statement names arrived after their due time, by the ledger's own times."""
    ledger = prices.outcomes.ledger(*CELLS[0])
    calendar = ledger.setting.calendar

    named = [
        int(re.match(r"order (\d+) of", row)[1]) - 1
        for statement in told("pbc_2022", CELLS[0])
        for row in statement.evidence["Behind On-time share"]
        if row.startswith("order ")
    ]

    assert named
    for order in named:
        due = calendar.after(float(ledger.orders.placed[order]), 2.0)
        assert ledger.lines.delivered[ledger.lines.order == order].max() > due


def test_statement_says_why_an_incentive_does_not_act_yet(told):

    first = told("pbc_2022", CELLS[0])[0]

    words = first.lines.set_index("clause")["arithmetic"]
    assert "not due: incentives begin after period 1" in words["payment curve on On-time share"]
    assert first.lines["amount"].iloc[-1] == first.lines["amount"].iloc[0]


def test_statement_shows_a_review_only_where_it_ends(told):

    statements = told("pbc_2022", CELLS[0])

    for statement in statements[:-1]:
        verdict = statement.kpis.set_index("kpi").loc["Return rate", "verdict"]
        assert verdict == "no review ends here"
        assert "payment curve on Return rate" not in statement.lines["clause"].tolist()
    assert "payment curve on Return rate" in statements[-1].lines["clause"].tolist()


def test_heading_names_period_contract_plan_and_future(told):

    heading = dict(told("harsh", CELLS[1])[2].heading)

    assert heading == {
        "Statement": "payment for period 3 of 12: 2022-03-01 to 2022-03-31",
        "Contract": "harsh: Harsh, high targets and heavy fines",
        "Plan": "all_out",
        "Future": "seed 1, replication 1 (simulated)",
    }


def _told_of(prices, contract, period):
    """State a contract that the study was not asked about, on the first cell."""
    contract = Contract.model_validate({"title": "T"} | contract)
    ledger, setting, measured = (
        prices.outcomes.ledger(*CELLS[0]),
        prices.outcomes.scores.setting,
        {},
    )
    for m in needs_of({"c": contract}).measures:
        periods = ReviewPeriods.of(setting, m.review, m.months)
        measured[m] = measure(ledger, m, periods)[:, None, None, :]
    scores = Scores(setting, (CELLS[0][0],), np.arange(1), measured)
    return state("c", contract, scores, ledger, period, "IDR")


def test_statement_says_which_limit_holds(prices):
    contract = {
        "kpis": {"accuracy": {"measure": "order_accuracy", "target": {"above": 0.9999}}},
        "incentives": [{"lump_sum": {"kpi": "accuracy", "if_missed": -900.0}}],
        "limits": {"deductions": {"amount": 100.0}},
    }

    lines = _told_of(prices, contract, 3).lines.set_index("clause")

    assert lines.loc["lump sum on Order accuracy", "amount"] == -900
    assert lines.loc["lump sum on Order accuracy", "arithmetic"] == "fixed amount, target missed"
    assert lines.loc["limits", "amount"] == 800
    assert "deductions beyond their cap" in lines.loc["limits", "arithmetic"]


def test_statement_says_that_the_gate_is_closed(prices):
    contract = {
        "kpis": {"accuracy": {"measure": "order_accuracy", "target": {"at_least": 0.5}}},
        "incentives": [{"lump_sum": {"kpi": "accuracy", "if_met": 900.0}}],
        "gate": {"no_bonus_below": {"accuracy": 0.9999}},
    }

    line = _told_of(prices, contract, 3).lines.set_index("clause").loc["lump sum on Order accuracy"]

    assert line["amount"] == 0
    assert line["arithmetic"].endswith("= IDR 900; no bonus: Order accuracy is worse than 0.9999")


def test_statement_says_that_there_were_too_few_facts(prices):
    kpi = {"measure": "order_accuracy", "target": {"at_least": 0.999}, "min_sample": 10_000}
    contract = {"kpis": {"accuracy": kpi}}

    verdict = _told_of(prices, contract, 1).kpis.loc[0, "verdict"]

    assert verdict == "met (too few facts: judged as met)"


@pytest.mark.parametrize("period", [0, 13, -1])
def test_period_outside_the_term_is_refused(period, prices):

    with pytest.raises(
        pbc.PbcError, match=rf"period must be 1 to 12 in contract 'harsh', got {period}\."
    ):
        prices.explain("harsh", 0, period, "as_usual")


def test_statement_reads_well_as_text_and_is_safe_as_html(prices):
    statement = _told_of(prices, {"title": "<script>alert(1)</script>"}, 1)

    text, page = str(statement), statement._repr_html_()

    assert "Payment (positive: the buyer pays the supplier)" in text
    assert "\n\n\n" not in text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_explain_picks_the_best_plan_and_refuses_what_it_does_not_know(prices):

    plan = prices.best_plan("pbc_2022")
    called = prices.outcomes.scenario.plans[plan].label
    words = f"{called} (the supplier's best response over 2 replications)"
    assert dict(prices.explain("pbc_2022", 1, 2).heading)["Plan"] == words
    with pytest.raises(pbc.PbcError, match="the supplier walks away from 'harsh'; name a plan"):
        prices.explain("harsh", 1, 2)
    with pytest.raises(pbc.PbcError, match="Did you mean 'harsh'"):
        prices.explain("harhs", 0, 1)
    with pytest.raises(pbc.PbcError, match=r"replication must be 0 to 1, got 2\."):
        prices.explain("harsh", 2, 1)
    with pytest.raises(pbc.PbcError, match=r"unknown plan 'careles'.*Did you mean 'careful'"):
        prices.explain("harsh", 0, 1, "careles")


@pytest.fixture(scope="module")
def surveyed(repository):
    scenario = pbc.load_scenario(repository / "tests" / "scenarios" / "survey_with_noise.yaml")
    outcomes = pbc.run(scenario, replications=1, seed=1, workers=1, progress=False)
    return outcomes.settle().explain("measured", 0, 1, "usual")


def test_statement_says_the_sampling_error_of_a_survey(surveyed):
    rows = surveyed.kpis.set_index("kpi")

    satisfied, answers = (
        int(n) for n in rows.loc["Satisfied share (clause 3.1)", "counted"].split(" / ")
    )
    # Wilson (1927), worked out here.
    p, z = satisfied / answers, 1.959964
    centre = (p + z**2 / (2 * answers)) / (1 + z**2 / answers)
    half = z / (1 + z**2 / answers) * np.sqrt(p * (1 - p) / answers + z**2 / (4 * answers**2))
    interval = f"{100 * (centre - half):.1f}% to {100 * (centre + half):.1f}%"
    assert rows.loc["Satisfied share (clause 3.1)", "verdict"].endswith(
        f"(95% sampling interval {interval})"
    )
    # Who was asked is known exactly, so the response share has none.
    assert "interval" not in rows.loc["Response share", "verdict"]


def test_statement_names_the_units_behind_a_survey(surveyed):
    behind = surveyed.evidence["Behind Satisfied share (clause 3.1)"]

    assert "units counted against the supplier" in behind[0]
    assert behind[1].startswith("unit u")


@pytest.fixture(scope="module")
def schemes(repository):
    """Return the files of real schemes, priced on a few futures."""
    folder = repository / "scenarios" / "schemes"
    return {
        path.stem: pbc.run(
            pbc.load_scenario(path), replications=2, workers=1, progress=False
        ).settle()
        for path in sorted(folder.glob("*.yaml"))
    }


def test_statements_of_real_schemes_add_up_to_what_is_paid(schemes):
    for priced in schemes.values():
        for name, contract in priced.contracts.items():
            setting = priced.outcomes.scores.setting
            n = len(ReviewPeriods.of(setting, contract.term.review, contract.term.months))
            told = [priced.explain(name, 1, p + 1, "lean") for p in range(n)]

            paid = priced.payments.sel(contract=name, plan="lean", replication=1)
            assert sum(s.total for s in told) == pytest.approx(float(paid), rel=1e-9), name


def test_statement_explains_each_modifier_in_the_order_in_which_they_act(prices):
    contract = {
        "kpis": {"accuracy": {"measure": "order_accuracy", "target": {"above": 0.9999}}},
        "incentives": [
            {
                "lump_sum": {
                    "kpi": "accuracy",
                    "if_missed": -100.0,
                    "escalation": {"factor": 2.0},
                    "limits": {"deductions": {"amount": 300.0}},
                    "group": "quality",
                }
            }
        ],
        "groups": {"quality": {"deductions": {"amount": 250.0}}},
        "adjustments": [{"retention": {"share": 0.1}}],
    }

    lines = _told_of(prices, contract, 3).lines.set_index("clause")

    assert lines.loc["lump sum on Order accuracy", "amount"] == -300
    assert lines.loc["lump sum on Order accuracy", "arithmetic"] == (
        "fixed amount, target missed = −IDR 100; missed 3 times in a row: −IDR 400 = −IDR 400; "
        "within its limits: −IDR 300"
    )
    assert lines.loc["limits of group quality", "amount"] == 50
    charges = lines.loc["catalogue price", "amount"]
    assert lines.loc["retention", "amount"] == pytest.approx(-0.1 * charges)
    assert "10.0% of charges" in lines.loc["retention", "arithmetic"]


def test_statement_says_that_a_contract_was_terminated(prices):
    contract = {
        "term": {"months": 12},
        "kpis": {"accuracy": {"measure": "order_accuracy", "target": {"above": 0.9999}}},
        "incentives": [{"lump_sum": {"kpi": "accuracy", "if_missed": -100.0}}],
        "termination": {"breaches": 2, "supplier_pays": 700.0},
    }

    last, after = (_told_of(prices, contract, period) for period in (2, 3))

    line = last.lines.set_index("clause").loc["termination"]
    assert line["amount"] == -700
    assert line["arithmetic"] == "2 breaches in a row: the contract ends with this period"
    assert after.total == 0
    assert after.lines.loc[0, "arithmetic"] == "the contract was terminated"
    assert after.kpis.loc[0, "verdict"] == "no longer reviewed"


@pytest.mark.parametrize(
    ("changes", "counted", "target"),
    [
        ({"rolling": 3}, r"\d+ / \d+ over 3 reviews", "at least 90%"),
        ({"review": "week", "aggregate": "worst_period"}, r"the worst of [45] reviews", "90%"),
        ({"seasonal": {"april": 0.8}}, r"\d+ / \d+", "at least 90%, now 80%"),
    ],
)
def test_statement_says_how_a_kpi_was_read(changes, counted, target, prices):
    kpi = {"measure": "order_accuracy", "target": {"at_least": 0.9}} | changes

    row = _told_of(prices, {"kpis": {"accuracy": kpi}}, 4).kpis.loc[0]

    assert re.fullmatch(counted, row["counted"])
    assert row["target"].endswith(target)


def test_statement_gives_the_actual_cost_behind_a_final_price(schemes):
    government = schemes["government_and_defence"]

    line = government.explain("cpif", 0, 8, "lean").lines.set_index("clause")

    words = line.loc["cost plus incentive fee", "arithmetic"]
    cost = float(re.search(r"actual cost of \$ ([\d,.]+),", words)[1].replace(",", ""))
    own = government.outcomes.scores.supplier_costs[None][0, 0]
    assert cost == pytest.approx(own, abs=0.01)
    assert government.payments.sel(contract="cpif", plan="lean", replication=0) == (
        pytest.approx(own + np.clip(350_000 + 0.15 * (5e6 - own), 162_500, 537_500), rel=1e-9)
    )


SHIPPED = [
    "pilot_office",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("medical_devices", "spare_parts")),
]


@pytest.fixture(scope="module", params=SHIPPED)
def described(request, repository):
    """Return all statements of a plan that it admits in one future, by contract of a scenario."""
    scenario = pbc.load_scenario(repository / "scenarios" / f"{request.param}.yaml")
    priced = pbc.run(scenario, replications=1, seed=1, workers=1, progress=False).settle()
    found = {}
    for name, contract in priced.contracts.items():
        plan = next(plan for plan in scenario.plans if contract.admits(plan))
        n = len(
            ReviewPeriods.of(
                priced.outcomes.scores.setting, contract.term.review, contract.term.months
            )
        )
        paid = float(priced.payments.sel(contract=name, plan=plan, replication=0))
        found[name] = (paid, [priced.explain(name, 0, p + 1, plan) for p in range(n)])
    return found


def test_statements_add_up_to_what_is_paid_over_the_term(described):
    for name, (paid, statements) in described.items():
        assert sum(s.total for s in statements) == pytest.approx(paid, rel=1e-9), name


def test_what_stands_behind_a_kpi_is_named_after_what_it_counts(described):
    time = r"(\d{4}-\d\d-\d\d \d\d:\d\d|not yet)"
    row = re.compile(
        r"none|\d+ [\w ]+ (counted( against the supplier)?|the (slowest|lowest) tenth)"
        r"|\.\.\. and \d+ more|a part of the opening stock|(machine|unit|item) \S.*"
        rf"|\w+ call of {time}, answered {time}, settled {time}"
        rf"|order \d+ of \S.*, placed {time}, delivered {time}(, \d+ returned)?"
    )

    strange = [
        line
        for _, statements in described.values()
        for statement in statements
        for lines in statement.evidence.values()
        for line in lines
        if not row.fullmatch(line)
    ]

    assert strange == []


def test_statement_shows_its_kpis_and_evidence_as_text(described):
    for _, statements in described.values():
        statement = statements[-1]
        text = str(statement)
        assert ("KPIs\n" in text) == (len(statement.kpis) > 0)
        assert all(f"\n\n{title}\n  " in text for title in statement.evidence)
