"""The numbers of a contract are searched on stored futures and confirmed on fresh ones."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.decision.evaluation import evaluate, pareto, reaches
from pbc_sim.decision.risk import cvar
from pbc_sim.decision.rounding import rounded
from pbc_sim.figures import money
from pbc_sim.scenario import Wishes
from pbc_sim.scenario.vary import Vary, numbers_of, with_numbers

FACTOR = "payment.catalogue_price.factor"
FINE = "incentives.0.lump_sum.if_missed"
TARGET = "kpis.accuracy.target.at_least"


def searched(outcomes):
    numbers = {FACTOR: [0.6, 1.2], FINE: [-200, 0]}
    return pbc.design(outcomes, "fined", numbers, candidates=64, workers=1)


@pytest.fixture(scope="module")
def study(small_outcomes):
    return searched(small_outcomes)


def test_every_number_of_a_contract_has_a_path(shipped):
    numbers = numbers_of(shipped.contracts["pbc_2022"])

    assert numbers["kpis.accuracy.target.at_least"] == 0.99
    assert numbers["incentives.0.payment_curve.points.0.9"] == 0.7  # keys may hold dots
    assert numbers["limits.deductions.0.share"] == 0.10
    assert numbers["ramp_in.periods"] == 1


def test_every_path_changes_its_number_and_no_other(shipped):
    """Each number of the five shipped contracts is written back, and read where it was put."""
    for contract in shipped.contracts.values():
        before = numbers_of(contract)
        assert with_numbers(contract, before) == contract
        for path in (FACTOR, FINE, "value", "kpis.returns.target.below"):
            if path in before:
                after = numbers_of(with_numbers(contract, {path: before[path] * 0.999}))
                changed = {p for p in before if after[p] != before[p]}
                assert changed == {path}


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ({}, "vary names no number"),
        ({"payment.catalogue_price.factr": [0.9, 1]}, "no number at .*; nearest: payment.catalog"),
        ({FACTOR: [1.0, 0.9]}, r"must have low < high, got \[1.0, 0.9\]"),
        ({FACTOR: []}, r"must be \[low, high\] or a list of numbers, got \[\]"),
        ({FACTOR: ["0.9", 1.0]}, "must be .*list of numbers, got"),
        ({FACTOR: 0.9}, "must be .*list of numbers, got 0.9"),
        ({FACTOR: [-2.0, -1.0]}, "none of the 8 contracts is valid: payment.catalogue_price"),
    ],
)
def test_a_path_or_range_that_does_not_fit_is_answered_in_one_sentence(
    small_outcomes, vary, message
):
    with pytest.raises(pbc.PbcError, match=message) as said:
        pbc.design(small_outcomes, "fined", vary, candidates=8, workers=1)
    assert "\n" not in str(said.value)


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        (pbc.Wishes(kpis={"acuracy": 0.9}), "unknown KPI of this contract 'acuracy'.*'accuracy'"),
        (pbc.Wishes(within_budget=1.0), "none of .* contracts is surely signed and fulfils the"),
    ],
)
def test_a_wish_that_nothing_fulfils_is_said(small_outcomes, wishes, message):
    with pytest.raises(pbc.PbcError, match=message):
        pbc.design(
            small_outcomes, "fined", {FACTOR: [1.1, 1.2]}, wishes=wishes, candidates=4, rounds=0
        )


def test_a_whole_number_stays_whole(shipped):
    vary = Vary(shipped.contracts["pbc_2022"], {"ramp_in.periods": [0, 3]})

    assert vary.numbers(np.array([0.4])) == {"ramp_in.periods": 1}


def test_lists_alone_are_tried_in_all_combinations(small_outcomes):
    vary = {FACTOR: [0.9, 1.0, 1.1], TARGET: [0.9, 0.95, 0.97, 0.99]}

    found = pbc.design(small_outcomes, "fined", vary, fresh=5, workers=1)

    tried = found.table.drop(index="written")
    assert len(tried) == 12
    assert set(zip(tried[FACTOR], tried[TARGET], strict=True)) == {
        (f, t) for f in vary[FACTOR] for t in vary[TARGET]
    }


def test_portions_and_order_change_no_number(small_outcomes, monkeypatch):
    contracts, _, _ = Vary(
        small_outcomes.scenario.contracts["fined"], {FACTOR: [0.6, 1.2], FINE: [-200, 0]}
    ).contracts(np.random.default_rng(1).random((9, 2)))
    at_once = evaluate(small_outcomes, contracts)

    monkeypatch.setattr("pbc_sim.decision.evaluation.PORTION", 1)

    assert evaluate(small_outcomes, contracts).equals(at_once)


@pytest.mark.parametrize("risk", ["mean", "cvar95"])
def test_a_row_agrees_with_the_comparison(small_outcomes, risk):
    wishes = pbc.Wishes(risk=risk, supplier_weight=0.25)
    table = evaluate(small_outcomes, small_outcomes.scenario.contracts, wishes)

    prices = small_outcomes.settle()
    for name, result in pbc.compare(prices).results.items():
        row = table.loc[name]
        assert row["plan"] == result.plan
        assert row["buyer_cost"] == pytest.approx(result.amounts["buyer_cost"].mean)
        at = {"contract": name, "plan": result.plan}
        mix = (prices.buyer_cost - 0.25 * prices.supplier_profit).sel(at).values
        expected = mix.mean() if risk == "mean" else cvar(mix)
        assert row["objective"] == pytest.approx(expected)
        for kpi, seen in result.kpis.items():
            assert row[f"met: {kpi}"] == pytest.approx(1 - seen.breach_probability)


def test_any_mix_of_mean_and_tail_is_an_objective(small_outcomes):
    contracts = small_outcomes.scenario.contracts
    mean, tail, mix = (
        evaluate(small_outcomes, contracts, pbc.Wishes(tail_weight=weight))["objective"]
        for weight in (0.0, 1.0, 0.3)
    )

    assert mix.to_numpy() == pytest.approx((0.7 * mean + 0.3 * tail).to_numpy())
    assert mean.equals(evaluate(small_outcomes, contracts)["objective"])
    assert tail.equals(evaluate(small_outcomes, contracts, pbc.Wishes(risk="cvar95"))["objective"])


def test_deductions_must_be_fair_to_a_plan_that_deserves_full_pay(small_outcomes):
    prices = small_outcomes.settle()
    cell = {"contract": "fined", "plan": "rich"}
    share = -prices.paid["deductions"].sel(cell).values / prices.paid["charges"].sel(cell).values
    assert 0 < np.mean(share <= 0.01) < np.mean(share <= 0.02) < 1

    for tolerated in (0.0, 0.01, 0.02):
        spared = float(np.mean(share <= tolerated))
        for least, feasible in ((spared, True), (min(spared + 0.01, 1.0), False)):
            wishes = pbc.Wishes(fair_to={"rich": least}, tolerated_deductions=tolerated)
            row = evaluate(small_outcomes, small_outcomes.scenario.contracts, wishes).loc["fined"]
            assert row["fair: rich"] == pytest.approx(spared)
            assert row["feasible"] == feasible
    with pytest.raises(pbc.PbcError, match=r"unknown plan 'rch'.*'rich'"):
        pbc.design(
            small_outcomes, "fined", {FACTOR: [0.9, 1]}, wishes=pbc.Wishes(fair_to={"rch": 0.9})
        )


FEE = {"late_fee": {"limit": {"business_days": 1}, "per_day": 0.01, "cap": 0.1}}


def test_rate_and_cap_of_a_late_fee_vary_apart(small):
    """What the ledgers are asked depends on both, so the same futures are simulated again."""
    contract = pbc.Contract.model_validate({"title": "Late", "incentives": [FEE]})
    story = small.model_copy(update={"contracts": {"late": contract}, "baseline": None})
    few = pbc.run(story, 12, seed=2, workers=1, progress=False)
    rate, cap = (f"incentives.0.late_fee.{number}" for number in ("per_day", "cap"))
    vary = {rate: [0.01, 0.02, 0.04], cap: [0.05, 0.1, 0.2], FACTOR: [0.9, 1.1]}

    found = pbc.design(few, "late", vary, candidates=32, rounds=0, workers=1)

    tried = found.table.drop(index="written")
    assert len(tried.groupby([rate, cap])) == 9
    name = tried.index[0]
    again = pbc.run(
        story, 12, seed=2, contracts={"it": found.contracts[name]}, workers=1, progress=False
    ).settle({"it": found.contracts[name]})
    cost = again.buyer_cost.sel(contract="it", plan=tried.loc[name, "plan"])
    assert float(cost.mean()) == pytest.approx(tried.loc[name, "buyer_cost"])
    with pytest.raises(pbc.PbcError, match=r"changes what is measured.*\[0.05, 0.125, 0.2\]"):
        pbc.design(few, "late", {cap: [0.05, 0.2]}, candidates=8, workers=1)


def test_the_frontier_is_searched_between_its_ends(small_outcomes):
    """The last round adds contracts that leave the supplier more than the cheapest one does."""
    vary = {FACTOR: [0.6, 1.2], FINE: [-200, 0]}
    without, found = (
        pbc.design(small_outcomes, "fined", vary, candidates=64, rounds=n, workers=1).table
        for n in (1, 2)
    )

    added = found[~found.index.isin(without.index)]
    low, high = (
        pareto(without[without["feasible"]])["supplier_profit"].agg(f) for f in ("min", "max")
    )
    third, two_thirds = (low + share * (high - low) for share in (1 / 3, 2 / 3))
    for least in (third, two_thirds):
        near = added[added["feasible"] & (added["supplier_profit"] >= least)]
        known = without[without["feasible"] & (without["supplier_profit"] >= least)]
        assert near["objective"].min() < 1.01 * known["objective"].min()


def test_what_the_supplier_does_not_sign_is_not_feasible(study):
    table = study.table

    unsigned = table[~table["signed"]]
    assert len(unsigned)
    assert not unsigned["feasible"].any()
    assert (unsigned["supplier_profit"] < 0).all()
    # Rounding costs a little, since the best contract stands on the edge.
    best = table.loc[table["feasible"], "objective"].min()
    assert best <= study.predicted.value < 1.005 * best


def test_the_search_comes_near_the_optimum_that_is_known(small):
    """Where only money moves, the best contract leaves the supplier its outside option, 0.

    Beside what two samples of 42 futures differ by at most, one-sided with 95%. Screening with 64
    contracts leaves steps of about 40 in the profit; two rounds must do better.
    """
    outcomes = pbc.run(small, 42, seed=4, workers=1, progress=False)
    study = searched(outcomes)
    best = study.table.loc[study.table["feasible"], "objective"].idxmin()

    prices = outcomes.settle({"it": study.contracts[best]})
    profit = prices.supplier_profit.sel(contract="it", plan=study.table.loc[best, "plan"]).values
    margin = stats.t.ppf(0.95, 41) * profit.std(ddof=1) * np.sqrt(2 / 42)
    assert margin > 40
    assert 0 <= profit.mean() - margin < 40
    assert study.table.loc[best, "supplier_profit"] == pytest.approx(profit.mean())


def test_the_search_is_no_worse_than_its_screening_and_near_a_long_one(repository):
    """Four numbers and steep incentives: a few generations would still be half a per cent off."""
    scenario = pbc.load_scenario(repository / "scenarios" / "role_play.yaml")
    outcomes = pbc.run(scenario, 30, seed=1, workers=1, progress=False)

    screened, found, long = (
        pbc.design(outcomes, rounds=rounds, fresh=2, workers=1).predicted.value
        for rounds in (0, 3, 5)
    )

    assert long <= found < screened
    assert found < 1.002 * long


def test_a_supplier_that_answers_otherwise_on_fresh_futures_is_told(study):
    answer = study.fresh.loc["recommended", "plan"]

    same, other = (str(replace(study, answer=plan)) for plan in (answer, "another"))

    assert "all but indifferent" not in same
    assert other.endswith(
        "all but indifferent: it answers with plan 'another' on the futures of the search, and "
        f"with '{answer}' on fresh ones."
    )


def test_a_wish_that_is_surely_fulfilled_holds_on_other_futures(small):
    """The best of many stands on the edge: of 20 studies nearly all signed contracts stay signed.

    Without the margin about half of them are signed on fresh futures.
    """
    stays = {False: 0, True: 0}
    factors = np.linspace(0.6, 1.2, 241)
    contracts = {
        f"{factor:.4f}": with_numbers(small.contracts["fined"], {FACTOR: float(factor)})
        for factor in factors
    }
    outcomes = pbc.run(small, 20 * 60, seed=5, workers=1, progress=False)
    profit = outcomes.settle(contracts).supplier_profit.values
    for n in range(0, 20 * 60, 60):
        stored, fresh = profit[..., n : n + 30], profit[..., n + 30 : n + 60]
        plan = stored.mean(axis=-1).argmax(axis=1)
        for surely in stays:
            values = np.take_along_axis(stored, plan[:, None, None], axis=1)[:, 0]
            cheapest = int(np.argmax(reaches(values, 0.0, surely)))
            stays[surely] += fresh[cheapest].mean(axis=-1).max() >= 0

    assert stays[True] >= 17
    assert stays[False] <= 14


def test_the_recommended_contract_has_numbers_that_a_person_would_write(study, small_outcomes):
    """Rounded up or down, so that the supplier still surely signs; confirmed as rounded."""
    best = study.table.loc[study.table["feasible"], "objective"].idxmin()

    for path, number in study.numbers.items():
        assert number == float(f"{number:.3g}")
        assert number == pytest.approx(study.table.loc[best, path], rel=0.01)
        assert numbers_of(study.recommended)[path] == number
    again = evaluate(small_outcomes, {"it": study.recommended}, surely=True)
    assert again["feasible"].all()
    assert again.loc["it", "objective"] == study.predicted.value
    assert study.confirmation.contracts["recommended"] == study.recommended


def test_rounding_stays_in_the_range_and_leaves_lists_alone(small_outcomes):
    base = small_outcomes.scenario.contracts["fined"]
    narrow = Vary(base, {FACTOR: [1.00012, 1.00048], FINE: [-123.456, -100.0, -50.0]})
    nowhere = Vary(base, {FACTOR: [0.1000012, 0.1000013]})

    _, numbers = rounded(small_outcomes, narrow, {FACTOR: 1.000234567, FINE: -123.456}, Wishes())
    contract, same = rounded(small_outcomes, nowhere, {FACTOR: 0.10000124}, Wishes())

    assert numbers == {FACTOR: 1.0002, FINE: -123.456}
    assert same == {FACTOR: 0.10000124}
    assert contract == with_numbers(base, same)


def test_nothing_on_the_pareto_set_is_beaten(study):
    front = study.pareto
    feasible = study.table[study.table["feasible"]]

    for _, row in front.iterrows():
        better = (feasible["buyer_cost"] <= row["buyer_cost"]) & (
            feasible["supplier_profit"] > row["supplier_profit"]
        )
        assert not better.any()
    assert pareto(feasible.iloc[:0]).empty


def test_confirmation_is_on_replications_that_nobody_has_seen(study, small, small_outcomes):
    n = small_outcomes.replications
    both = pbc.run(small, 2 * n, seed=3, workers=1, progress=False)

    prices = both.settle({"it": study.recommended})
    plan = study.fresh.loc["recommended", "plan"]
    unseen = prices.buyer_cost.sel(contract="it", plan=plan).values[n:]
    assert study.confirmed.value == pytest.approx(unseen.mean())
    # Beside what the hand-written contracts, which nobody chose for luck, change between the two.
    rivals = small.contracts
    change = [
        evaluate(after, rivals)["objective"] - evaluate(before, rivals)["objective"]
        for before, after in [(small_outcomes, study.confirmation.outcomes)]
    ]
    drift = change[0].mean()
    assert abs(drift) > 0
    assert study.curse == pytest.approx(study.confirmed.value - study.predicted.value - drift)
    assert study.curse_ci95[0] < study.curse < study.curse_ci95[1]
    assert "optimiser's curse" in str(study)
    rival, fresh = study.confirmation.nearest, study.fresh
    both = fresh["supplier_profit"] - fresh["buyer_cost"]
    words = f"both together {money(both['recommended'] - both[rival], small.currency)}."
    assert words in str(study)


def test_the_curse_is_seen_where_contracts_differ_by_luck_alone(small):
    """Points paid either way of what the one plan reaches on average: no rate is better than none.

    The best of 33 on six futures promises more than it keeps.
    """
    rates = {f"incentives.{n}.per_point.rate": [0, 60] for n in (0, 1)}
    story = _paid_by_points(small, 0.9, 0.9)
    many = pbc.run(story, 400, seed=99, workers=1, progress=False).settle().kpi_values("even")
    story = _paid_by_points(small, *many.sel(plan="lean").mean("replication").values.tolist())

    studies = [
        pbc.design(
            pbc.run(story, 6, seed=seed, workers=1, progress=False), "even", rates, candidates=32,
            rounds=0, fresh=40, workers=1,
        )
        for seed in range(40)
    ]  # fmt: skip

    curses = np.array([found.curse for found in studies])
    assert curses.mean() > 3 * curses.std(ddof=1) / np.sqrt(len(curses))


def _paid_by_points(small, accuracy, fulfilment):
    """Return the small story with one plan and a contract whose rates change nothing on average."""
    fined = small.contracts["fined"].model_dump()
    for kpi, level in (("accuracy", accuracy), ("fulfilment", fulfilment)):
        fined["kpis"][kpi]["target"]["at_least"] = level
    points = {"rate": 0, "floor": -10_000, "cap": 10_000}
    fined["incentives"] = [{"per_point": {"kpi": kpi, **points}} for kpi in fined["kpis"]]
    contracts = {
        "plain": small.contracts["plain"],
        "even": pbc.Contract.model_validate(fined),
    }
    plans = {"lean": small.plans["lean"]}
    return small.model_copy(update={"plans": plans, "contracts": contracts, "baseline": None})


def test_design_on_the_command_line(tmp_path, capsys, small_text):
    path = tmp_path / "small.yaml"
    path.write_text(small_text, encoding="utf-8")
    few = ["--replications", "8", "--workers", "1", "--quiet", "--candidates", "8"]
    asked = ["design", str(path), "--contract", "fined", "--vary", f"{FACTOR}=0.9:1.1", *few]

    assert main(asked) == 0
    out = capsys.readouterr().out
    assert f"Recommended: {FACTOR} = " in out
    assert "No contract tried is better for both" in out
    assert main([*asked, "--vary", f"{TARGET}=high"]) == 2
    assert "--vary must be PATH=LOW:HIGH or PATH=1,2,3, got" in capsys.readouterr().err
    assert main([*asked, "--vary", "kpis.accuracy=0:1"]) == 2
    assert "no number at 'kpis.accuracy'; nearest: " in capsys.readouterr().err
