"""Which contracts both could sign, who gains what, and what one number costs whom."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.decision.answers import answer
from pbc_sim.decision.clause_prices import watched
from pbc_sim.decision.risk import mean_estimate, mean_interval, quantile_estimate
from pbc_sim.figures import money
from pbc_sim.language import speaking
from pbc_sim.scenario.vary import Vary, with_numbers

FACTOR = "payment.catalogue_price.factor"
FINE = "incentives.0.lump_sum.if_missed"
TARGET = "kpis.accuracy.target.at_least"


@pytest.fixture(scope="module")
def found(small_outcomes):
    base = small_outcomes.scenario.contracts["fined"]
    points = np.stack([np.linspace(0, 1, 41), np.linspace(1, 0, 41)], axis=1)
    contracts, _, _ = Vary(base, {FACTOR: [0.6, 1.2], FINE: [-200, 0]}).contracts(points)
    return pbc.negotiate(small_outcomes, contracts, baseline="plain")


def made_up(rows, small_outcomes):
    """Return a negotiation about contracts whose gains are given."""
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["buyer_gain", "supplier_gain"])
    table["in_zone"] = (table >= 0).all(axis=1)
    table["plan"] = "rich"
    plain = small_outcomes.scenario.contracts["plain"]
    return pbc.Negotiation(small_outcomes, dict.fromkeys(rows, plain), plain, table)


def test_fair_points_of_gains_that_are_worked_by_hand(small_outcomes):
    """Products 0, 70, 72, 48, 66; worse party's share of the most: 0, 0.44, 0.6, 0.3, 0.6."""
    gains = {"a": (0, 10), "b": (7, 10), "c": (12, 6), "d": (16, 3), "e": (-1, 99), "f": (11, 6)}
    found = made_up(gains, small_outcomes)

    assert list(found.zone.index) == ["a", "b", "c", "d", "f"]
    assert list(found.frontier.index) == ["d", "c", "b"]  # best for the buyer first
    assert found.nash == "c"
    assert found.kalai_smorodinsky == "c"
    assert "5 of 6 contracts are in the zone of agreement" in str(found)


def test_the_two_fair_points_differ_where_one_party_could_gain_much_more(small_outcomes):
    """Products 190, 188 and 182; the worse party's share of the most: 0.1, 0.099 and 0.27."""
    found = made_up({"a": (2, 95), "b": (20, 9.4), "c": (7, 26)}, small_outcomes)

    assert found.nash == "a"
    assert found.kalai_smorodinsky == "c"


def test_without_a_zone_there_is_no_fair_point(small_outcomes):
    found = made_up({"a": (-1, 5), "b": (5, -1)}, small_outcomes)

    assert found.nash is found.kalai_smorodinsky is None
    assert str(found).startswith("None of 2 contracts leaves both")
    assert found.frontier.empty


def test_a_party_that_can_gain_nothing_does_not_hide_the_other(small_outcomes):
    assert made_up({"a": (0, 5), "b": (0, 7)}, small_outcomes).kalai_smorodinsky == "b"


def test_gains_are_against_what_each_party_has_otherwise(found, small_outcomes):
    prices = small_outcomes.settle({**small_outcomes.scenario.contracts, **found.contracts})
    plain = prices.buyer_cost.sel(contract="plain", plan=prices.best_plan("plain")).values
    name = str(found.zone.index[0])
    plan = prices.best_plan(name)
    ours = prices.buyer_cost.sel(contract=name, plan=plan).values

    gains = found.gains(name)

    expected = mean_interval(plain - ours)
    assert gains.loc["buyer", "gain"] == pytest.approx(found.table.loc[name, "buyer_gain"])
    assert gains.loc["buyer", ["low", "high"]].tolist() == pytest.approx(list(expected))
    # The outside option of this scenario is 0.
    profit = prices.supplier_profit.sel(contract=name, plan=plan).values
    assert gains.loc["supplier", "gain"] == pytest.approx(profit.mean())


def test_best_and_worst_case_of_each_party_are_one_future_in_twenty(found, small_outcomes):
    cases = found.cases()

    assert list(cases.index.get_level_values("contract").unique()) == list(found.zone.index)
    name = str(found.zone.index[0])
    prices = small_outcomes.settle({"it": found.contracts[name]})
    cell = {"contract": "it", "plan": found.zone.loc[name, "plan"]}
    cost, profit = prices.buyer_cost.sel(cell).values, prices.supplier_profit.sel(cell).values
    for party, values, at_best in (("buyer", cost, 0.05), ("supplier", profit, 0.95)):
        row = cases.loc[(name, party)]
        assert row["best"] == pytest.approx(np.quantile(values, at_best))
        assert row["worst"] == pytest.approx(np.quantile(values, 1 - at_best))
        assert (row["best_low"], row["best_high"]) == quantile_estimate(values, at_best).ci95
        assert row["mean"] == pytest.approx(values.mean())
    assert made_up({"a": (-1, 5)}, small_outcomes).cases().empty


def test_the_zone_has_an_end_on_either_side(found):
    """At 0.6 of the price the supplier walks away; at 1.2 the buyer is better off without."""
    assert not found.table["in_zone"].iloc[[0, -1]].any()
    assert found.table["supplier_gain"].iloc[0] < 0
    assert found.table["buyer_gain"].iloc[-1] < 0
    assert 0 < len(found.zone) < len(found.table)
    assert {found.nash, found.kalai_smorodinsky} <= set(found.frontier.index)


def test_what_cannot_be_negotiated_is_said(small_outcomes, found):
    with pytest.raises(pbc.PbcError, match="no contract to negotiate"):
        pbc.negotiate(small_outcomes, {})
    with pytest.raises(pbc.PbcError, match=r"unknown contract 'plane'.*Did you mean 'plain'"):
        pbc.negotiate(small_outcomes, found.contracts, baseline="plane")
    with pytest.raises(pbc.PbcError, match="walks away from 'd0', so nobody gains"):
        found.gains("d0")
    with pytest.raises(pbc.PbcError, match="unknown contract 'd999'"):
        found.gains("d999")


def test_the_price_of_a_number_is_a_paired_difference(small_outcomes):
    prices = pbc.clause_prices(small_outcomes, "fined", {FACTOR: 1.1, FINE: -100})

    base = small_outcomes.scenario.contracts["fined"]
    both = small_outcomes.settle({"old": base, "new": with_numbers(base, {FACTOR: 1.1})})
    row = prices.loc[(FACTOR, "buyer_cost")]
    old, new = (
        both.buyer_cost.sel(contract=c, plan=p).values
        for c, p in (("old", row["plan_before"]), ("new", row["plan_after"]))
    )
    # The other change is looked at too, so both intervals hold together.
    expected = mean_estimate(new - old, comparisons=2).ci95
    assert (row["before"], row["after"]) == (1.0, 1.1)
    assert [row["effect"], row["low"], row["high"]] == pytest.approx(
        [(new - old).mean(), *expected]
    )
    # Money that only changes hands: what the buyer pays more is what the supplier gains.
    gain = prices.loc[(FACTOR, "supplier_profit"), "effect"]
    assert row["plan_before"] == row["plan_after"]
    assert gain == pytest.approx(row["effect"])
    assert prices.loc[(FACTOR, "accuracy"), "effect"] == 0


def test_a_number_that_drives_the_supplier_away_has_no_price(small_outcomes):
    cheap = pbc.clause_prices(small_outcomes, "fined", {FACTOR: 0.6})

    assert set(cheap["plan_after"]) == {"walks away"}
    assert cheap["effect"].isna().all()


def test_a_price_tag_says_who_pays_how_much_and_how_sure_that_is(small_outcomes):
    changes = {FACTOR: 1.1, FINE: -100}
    prices = pbc.clause_prices(small_outcomes, "fined", changes)

    dearer, finer = pbc.price_tags(small_outcomes, "fined", changes)
    (cheaper,) = pbc.price_tags(small_outcomes, "fined", {FACTOR: 0.95})

    row = prices.loc[(FACTOR, "buyer_cost")]
    half = max(row["high"] - row["effect"], row["effect"] - row["low"])
    said = f"buyer's cost +{money(row['effect'], 'EUR')} ± {money(half, 'EUR')}"
    assert dearer.startswith(f"{FACTOR} 1 → 1.1: {said}; payments +")
    assert f"the supplier keeps to plan '{row['plan_before']}'" in dearer
    assert "accuracy" not in dearer
    assert "supplier's profit −" in cheaper
    # The plan that is taken never misses, whatever the fine.
    assert "no money and no KPI changes; the supplier" in finer
    (target,) = pbc.price_tags(small_outcomes, "fined", {TARGET: 0.96})
    assert "no money and no KPI changes, at most how often the target is met" in target
    with speaking("id"):
        assert "biaya pengguna barang +" in pbc.price_tags(small_outcomes, "fined", changes)[0]
    (away,) = pbc.price_tags(small_outcomes, "fined", {FACTOR: 0.6})
    assert away == f"{FACTOR} 1 → 0.6: the supplier walks away"


def test_a_price_tag_tells_what_no_contract_measures(small, small_outcomes, monkeypatch):
    """Late orders are counted under both plans; sees a measure of the wrong plan."""
    late = watched(small.contracts["fined"], "late_orders", limit={"calendar_days": 1})
    outcomes = pbc.run(small, 12, also=[late], progress=False, workers=1)
    told = {"late orders": late}

    def changes_plan(prices, suppliers, signed_by):
        """Let the supplier take the first plan before, and the last one after."""
        found = answer(prices, suppliers, signed_by)
        last = len(prices.outcomes.scores.plans) - 1
        return replace(found, branches=(found.branches[0]._replace(plan=np.array([0, last])),))

    # The module is hidden by the function that is named like it.
    monkeypatch.setitem(pbc.clause_prices.__globals__, "answer", changes_plan)

    prices = pbc.clause_prices(outcomes, "fined", {FACTOR: 1.1}, also=told)
    (tag,) = pbc.price_tags(outcomes, "fined", {FACTOR: 1.1}, also=told)

    seen = outcomes.scores.measured[late][0, [0, -1]].sum(axis=-1)
    effect = (seen[1] - seen[0]).mean()
    assert effect
    assert prices.loc[(FACTOR, "late orders"), "effect"] == pytest.approx(effect)
    assert f"late orders {'−' if effect < 0 else '+'}{abs(effect):.3g} order ± " in tag
    with pytest.raises(pbc.PbcError, match=r"late_orders .* was not measured"):
        pbc.price_tags(small_outcomes, "fined", {FACTOR: 1.1}, also=told)


def test_a_price_counts_the_kinds_that_a_change_brings_or_loses(small, small_outcomes):
    """A dearer price brings the dear kind, without which the buyer bears its outside option."""
    outside = {"outside_option": {"supplier_profit": 0, "buyer_cost": 9000}}
    story = pbc.Scenario.model_validate(small.model_dump() | outside)
    outcomes = replace(small_outcomes, study=replace(small_outcomes.study, scenario=story))
    kinds = {"cheap": pbc.SupplierType(weight=3), "dear": pbc.SupplierType(cost_factor=2)}
    who = {"suppliers": kinds, "signed_by": ["cheap"]}
    base = story.contracts["fined"]
    both = outcomes.settle({"old": base, "new": with_numbers(base, {FACTOR: 2.5})})
    expected = {
        name: pbc.respond(both, kinds).summary.loc[name, "buyer_cost"] for name in ("old", "new")
    }

    prices = pbc.clause_prices(outcomes, "fined", {FACTOR: 2.5}, **who)
    (tag,) = pbc.price_tags(outcomes, "fined", {FACTOR: 2.5}, **who)

    row = prices.loc[(FACTOR, "buyer_cost")]
    assert row["effect"] == pytest.approx(expected["new"] - expected["old"])
    assert "walks away (dear)" in row["plan_before"]
    assert "walks away" not in row["plan_after"]
    assert "supplier's certainty equivalent +" in tag
    assert "e−" not in tag  # no rounding is told as an effect
    # One kind that counts expected profit alone is who answers where nobody is named.
    usual = pbc.clause_prices(outcomes, "fined", {FACTOR: 1.1})
    asked = pbc.clause_prices(
        outcomes, "fined", {FACTOR: 1.1}, suppliers={"usual": pbc.SupplierType()}
    )
    pd.testing.assert_frame_equal(asked.drop("certainty", level="outcome"), usual)
    with pytest.raises(pbc.PbcError, match="unknown kind of supplier 'deer'"):
        pbc.clause_prices(outcomes, "fined", {FACTOR: 1.1}, suppliers=kinds, signed_by=["deer"])


def test_the_zone_on_the_command_line(tmp_path, capsys, small_text):
    path, picture = tmp_path / "small.yaml", tmp_path / "zone.png"
    kinds = "suppliers: {cheap: {}, dear: {cost_factor: 9, label: Dear one}}\n"
    outside = "outside_option: {supplier_profit: 0, buyer_cost: 9000}\n"
    told = small_text.replace("outside_option: {supplier_profit: 0}\n", outside)
    path.write_text(told + kinds, encoding="utf-8")
    asked = ["negotiate", str(path), "--replications", "60", "--workers", "1", "--quiet"]

    assert main([*asked, "--output", str(picture)]) == 0
    out = capsys.readouterr().out
    talks = pbc.negotiate(
        pbc.run(pbc.load_scenario(path), 60, workers=1, progress=False),
        pbc.load_scenario(path).contracts,
    )
    assert str(talks) in out
    gain, low, high = talks.gains("fined").loc["supplier"]
    ends = f"[{money(low, 'EUR')}, {money(high, 'EUR')}]"
    assert f"{money(gain, 'EUR')} {ends}" in out
    assert "Best and worst case in the zone" in out
    assert money(talks.cases().loc[("fined", "buyer"), "worst"], "EUR") in out
    assert picture.stat().st_size > 10_000
    # Who must sign decides what is in the zone.
    assert main([*asked, "--suppliers", "all"]) == 2
    assert "walks away from the baseline 'plain'" in capsys.readouterr().err
    assert main([*asked, "--suppliers", "all", "--signed-by", "cheap"]) == 0
    out = capsys.readouterr().out
    assert "(cheap 50%; Dear one 50%); must sign: cheap." in out
    assert "walks away (Dear one)" in out
    assert main([*asked, "--contracts", "plain", "--baseline", "fined", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith("contract,plan,buyer_gain,supplier_gain,signed")
    assert main([*asked, "--baseline", "find"]) == 2
    assert "Did you mean 'fined'" in capsys.readouterr().err


def test_price_tags_on_the_command_line(tmp_path, capsys, small_text):
    path = tmp_path / "small.yaml"
    path.write_text(small_text, encoding="utf-8")
    asked = ["prices", str(path), "--contract", "fined", "--replications", "8", "--quiet"]

    assert main([*asked, "--change", f"{FACTOR}=1.1", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"{FACTOR} 1 → 1.1: buyer's cost +")
    assert "Means of 8 replications on the same luck" in out
    assert "Answered by a supplier that counts its expected profit alone." in out
    late = 'late_orders={"limit": {"calendar_days": 1}}'
    assert main([*asked, "--change", f"{FACTOR}=1.1", "--also", late, "--workers", "1"]) == 0
    assert main([*asked, "--change", f"{FACTOR}=1.1", "--also", "late_orders=[1]"]) == 2
    assert "--also must be KPI or KPI={...}" in capsys.readouterr().err
    assert main([*asked, "--change", f"{FACTOR}=1.1", "--also", "order_days_late"]) == 2
    said = capsys.readouterr().err
    assert """as --also 'order_days_late={"limit": {"business_days": 5}}'.""" in said
    assert main([*asked, "--change", f"{FACTOR}=dear"]) == 2
    assert "--change must be PATH=VALUE, got" in capsys.readouterr().err
    assert main([*asked, "--change", f"{FACTOR}=1.1", "--format", "csv"]) == 0
    assert "supplier_profit" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("contract", "changes", "message"),
    [
        ("find", {FACTOR: 1.0}, "unknown contract 'find'.*Did you mean 'fined'"),
        ("fined", {}, "changes name no number"),
        ("fined", {"payment.factor": 1.0}, "no number at 'payment.factor'; nearest: payment.cat"),
        ("fined", {FACTOR: -1.0}, "payment.catalogue_price.factor"),
    ],
)
def test_a_change_that_does_not_fit_is_answered_in_one_sentence(
    small_outcomes, contract, changes, message
):
    with pytest.raises(pbc.PbcError, match=message):
        pbc.clause_prices(small_outcomes, contract, changes)


def test_names_of_contracts_that_lie_close_together_do_not_hide_each_other(small_outcomes):
    from matplotlib import pyplot as plt

    from pbc_sim.show.plots import plot_negotiation

    talks = made_up({"here": (10, 50), "there": (10.1, 50.2), "far": (90, 5)}, small_outcomes)
    talks = replace(
        talks,
        contracts={
            name: contract.model_copy(update={"title": name})
            for name, contract in talks.contracts.items()
        },
    )
    ax = plot_negotiation(talks, named=list(talks.contracts))

    assert sorted(text.get_text() for text in ax.texts) == ["far", "here\nthere"]
    plt.close(ax.figure)


def test_the_picture_shows_every_contract_and_both_points(found):
    from matplotlib import pyplot as plt

    from pbc_sim.show.plots import plot_negotiation

    ax = plot_negotiation(found)

    lines = {line.get_label(): line for line in ax.get_lines()}
    drawn = [len(line.get_xdata()) for words, line in lines.items() if "worse" in words]
    zone = next(line for words, line in lines.items() if words.startswith("zone"))
    assert drawn == [len(found.table) - len(found.zone)]
    assert zone.get_ydata().tolist() == found.zone["supplier_gain"].tolist()
    assert f"Nash: {found.nash}" in lines
    assert "42 simulated replications" in ax.get_xlabel()
    # Between two contracts nothing is on the table, so the frontier must not promise more.
    assert lines["frontier"].get_drawstyle() == "steps-post"
    plt.close(ax.figure)


def test_a_name_stands_above_its_point_unless_another_point_is_there(found):
    from matplotlib import pyplot as plt

    from pbc_sim.show.plots import plot_negotiation

    gains = {"buyer_gain": [0.0, 10.0, 100.0], "supplier_gain": [50.0, 55.0, 0.0]}
    table = pd.DataFrame(gains, index=["a", "b", "c"]).assign(in_zone=False)
    few = replace(found, table=table, contracts=dict.fromkeys("abc", found.baseline))

    ax = plot_negotiation(few)

    sides = {note.xy[0]: note.get_verticalalignment() for note in ax.texts}
    assert sides == {0.0: "top", 10.0: "bottom", 100.0: "bottom"}
    plt.close(ax.figure)
