"""What a search found is held against every hand-written contract on fresh futures, in words."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pbc_sim as pbc
from pbc_sim.cli import designing, main
from pbc_sim.decision.confirmation import RECOMMENDED, confirm
from pbc_sim.decision.risk import cvar, mean_estimate
from pbc_sim.decision.wording import contract_label
from pbc_sim.figures import money
from pbc_sim.language import said, speaking
from pbc_sim.scenario import parse_contract
from pbc_sim.scenario.vary import numbers_of, with_numbers

FACTOR = "payment.catalogue_price.factor"
FINE = "incentives.0.lump_sum.if_missed"

SHIPPED = (
    *("office_supplies", "pilot_office", "spare_parts", "medical_devices", "role_play"),
    "harbour_strike",
)


@pytest.fixture(scope="module")
def fresh(small):
    return pbc.run(small, 60, seed=8, workers=1, progress=False)


@pytest.fixture(scope="module")
def confirmed(fresh):
    """Return what is said of the fined contract at another price."""

    def asked(factor, wishes=None, **others):
        written = fresh.scenario.contracts
        found = with_numbers(written["fined"], {FACTOR: factor})
        return confirm(fresh, found, {**written, **others}, wishes or pbc.Wishes())

    return asked


def values(outcomes, contract, wishes):
    """Return what is to be small in each future, worked out from the settlement."""
    prices = outcomes.settle({"it": contract})
    cell = {"contract": "it", "plan": prices.most_profitable_plan("it")}
    cost, profit = prices.buyer_cost.sel(cell), prices.supplier_profit.sel(cell)
    return (cost - wishes.supplier_weight * profit).values


def test_a_better_contract_beats_every_hand_written_one_by_what_is_said(confirmed, fresh):
    found, written = confirmed(0.9), fresh.scenario.contracts
    recommended = found.contracts[RECOMMENDED]

    for name in ("plain", "fined"):
        less = values(fresh, recommended, found.wishes) - values(fresh, written[name], found.wishes)
        row = found.against.loc[name]
        assert row["difference"] == pytest.approx(less.mean())
        together = mean_estimate(less, comparisons=2)
        assert (row["low"], row["high"]) == pytest.approx(together.ci95)
    assert found.holds
    assert found.beats_all
    row = found.against.loc[found.nearest]
    said = (money(-row[column], "EUR") for column in ("difference", "high", "low"))
    assert "beats every hand-written one on buyer's expected cost on 60 fresh" in found.verdict
    assert (
        f"the nearest, '{found.titled(found.nearest)}', by {{}} [{{}}, {{}}]".format(*said)
        in found.verdict
    )


def test_a_dearer_contract_is_said_to_beat_none(confirmed):
    found = confirmed(1.1)

    assert found.holds
    assert not found.beats_all
    row = found.against.loc[found.nearest]
    assert row["difference"] == found.against["difference"].max() > row["low"] > 0
    said = (money(row[column], "EUR") for column in ("difference", "low", "high"))
    assert found.verdict.startswith(
        f"No searched contract beats hand-written '{found.titled(found.nearest)}'"
    )
    assert (
        "the best found less '{}' is {} [{}, {}]".format(found.titled(found.nearest), *said)
        in found.verdict
    )
    assert "Luck" not in found.verdict


def test_a_contract_that_is_surely_beaten_is_not_said_to_be_unbeaten(confirmed):
    """By the mean 'plain' is nearer, but only the difference from 'fined' may be luck."""
    found = confirmed(0.9)
    against = found.against.copy()
    against.loc["plain", ["difference", "low", "high"]] = -10.0, -11.0, -9.0
    against.loc["fined", ["difference", "low", "high"]] = -50.0, -120.0, 20.0

    found = replace(found, against=against)

    assert not found.beats_all
    assert found.nearest == "fined"
    assert found.verdict.startswith("No searched contract beats hand-written 'Fined'")
    assert "Luck alone may explain" in found.verdict


def test_a_difference_that_luck_explains_is_said_to_be_one(fresh):
    """Prices that differ by nothing but which half of the futures is the dearer one."""
    plain = fresh.scenario.contracts["plain"]
    found = confirm(fresh, with_numbers(plain, {FACTOR: 1.0}), {"plain": plain}, pbc.Wishes())

    assert not found.beats_all
    assert "Luck alone may explain the difference; more replications would tell." in found.verdict


def test_the_tail_is_compared_future_by_future(confirmed, fresh):
    wishes = pbc.Wishes(risk="cvar95", supplier_weight=0.5)
    found, written = confirmed(0.9, wishes), fresh.scenario.contracts

    for name in ("plain", "fined"):
        expected = cvar(values(fresh, found.contracts[RECOMMENDED], wishes)) - cvar(
            values(fresh, written[name], wishes)
        )
        assert found.against.loc[name, "difference"] == pytest.approx(expected)
    assert "mean of the worst 5% of (buyer's cost - 0.5 x supplier's profit)" in found.verdict


def test_what_nobody_signs_or_misses_a_wish_beats_none(confirmed):
    refused = confirmed(0.3)
    missing = confirmed(0.9, pbc.Wishes(kpis={"fulfilment": 1.0}))

    assert not refused.holds
    assert not refused.beats_all
    assert "does not hold on 60 fresh replications: the supplier walks away" in refused.verdict
    assert re.search(r"misses a wish \(On-time share in [\d.]+% and not 100.0%\)", missing.verdict)
    assert (
        f"'{missing.titled('plain')}', it has no KPI On-time share, of which something is wished"
        in missing.verdict
    )


def test_rivals_that_cannot_be_compared_are_named(confirmed, fresh):
    written = fresh.scenario.contracts
    shorter = written["fined"].model_copy(update={"term": {"months": 1}})
    other = pbc.Contract.model_validate(
        {"title": "Other", "kpis": {"rate": {"measure": "fill_rate", "target": {"at_least": 0.9}}}}
    )
    dear = with_numbers(written["plain"], {FACTOR: 0.2})
    found = confirmed(0.9, shorter=shorter, other=other, dear=dear)

    assert found.verdict.endswith(
        "No rivals: 'shorter', which runs another term; 'other', for which these futures were not "
        "simulated; 'dear', the supplier walks away."
    )
    assert list(found.against.index) == ["plain", "fined"]
    assert list(found.left_out) == ["shorter", "other", "dear"]
    with speaking("id"):
        assert found.left_out["dear"] == "penyedia mengundurkan diri"
        assert found.verdict.endswith("; 'dear', penyedia mengundurkan diri.")


def test_without_a_rival_there_is_none_to_beat(fresh):
    written = fresh.scenario.contracts["fined"]
    refused = {"refused": with_numbers(written, {FACTOR: 0.2})}
    found = confirm(fresh, written, refused, pbc.Wishes())

    assert not found.beats_all
    assert "so there is none to beat" in found.verdict


def test_a_rival_may_be_called_recommended(fresh):
    written = fresh.scenario.contracts["fined"]
    found = confirm(
        fresh, with_numbers(written, {FACTOR: 0.9}), {RECOMMENDED: written}, pbc.Wishes()
    )

    assert list(found.against.index) == ["recommended (hand-written)"]


def test_a_search_that_finds_nothing_better_recommends_what_is_written(small_outcomes):
    found = pbc.design(small_outcomes, "plain", {FACTOR: [1.1, 1.2]}, candidates=8, workers=1)

    assert found.recommended == small_outcomes.scenario.contracts["plain"]
    assert found.confirmation.as_written == "plain"
    assert not found.confirmation.beats_all
    assert "No searched contract beats hand-written " in str(found)


def test_a_study_ends_with_the_verdict_and_the_zone(small_outcomes):
    found = pbc.design(small_outcomes, "fined", {FACTOR: [0.8, 1.0]}, candidates=8, workers=1)
    talks = found.negotiate()

    ends = f"{found.confirmation.verdict}\n{found.confirmation.together_said}"
    assert str(found).endswith(ends)
    assert found.confirmation.together_said.startswith("Against 'Fined' the buyer gains € ")
    assert set(found.confirmation.contracts) == {RECOMMENDED, "plain", "fined"}
    assert set(talks.table.index) >= {RECOMMENDED, "plain", "fined"}
    assert talks.outcomes is found.confirmation.outcomes
    shared = talks.table.loc[RECOMMENDED, "buyer_gain"] - talks.table.loc["fined", "buyer_gain"]
    assert shared == pytest.approx(-found.confirmation.against.loc["fined", "difference"])


def test_the_zone_of_a_search_names_what_was_written_by_its_title(small_outcomes):
    """All that were searched have its title too; so has the recommended contract."""
    talks = pbc.design(small_outcomes, "fined", {FACTOR: [0.9, 1.0]}, candidates=8, workers=1)
    contracts = talks.negotiate().contracts

    assert contract_label(contracts, "fined") == "Fined"
    with speaking("id"):
        assert contract_label(contracts, RECOMMENDED) == "yang dianjurkan"
    searched = [name for name in contracts if name not in ("plain", "fined", RECOMMENDED)]
    assert [contract_label(contracts, name) for name in searched] == searched


def test_what_is_written_settles_to_the_same_money(small_outcomes, tmp_path):
    vary = {FACTOR: [0.8, 1.0], FINE: [-200, 0]}
    found = pbc.design(small_outcomes, "fined", vary, candidates=8, workers=1)

    designing._write(found, tmp_path, False)
    text = (tmp_path / "recommended.yaml").read_text(encoding="utf-8")
    again = parse_contract(text)

    assert text.startswith(f"# {str(found).splitlines()[0]}\n")
    # Only what is no default is said, and it has a title of its own.
    assert not re.search(r"null|group|rewards_worse", text)
    assert (again.title, said(again.title, "id")) == (
        "Fined (recommended)",
        "Fined (yang dianjurkan)",
    )
    assert again.model_copy(update={"title": found.recommended.title}) == found.recommended
    prices = found.confirmation.outcomes.settle({"found": found.recommended, "read": again})
    money_of = (prices.payments.sel(contract=name).values for name in ("found", "read"))
    assert np.array_equal(*money_of)


def test_a_title_says_once_that_it_is_recommended():
    def titled(title):
        contract = pbc.Contract.model_validate({"title": title})
        return [designing._titled(contract, language) for language in ("en", "id")]

    once = titled("Fined")
    assert once == ["Fined (recommended)", "Fined (yang dianjurkan)"]
    assert titled({"en": once[0], "id": once[1]}) == once
    # One title for all languages stays one.
    assert titled(once[0]) == [once[0]] * 2
    pbc.Contract.model_validate({"title": titled("long " * 400)[0]})


def test_one_command_asks_what_the_scenario_says(tmp_path, capsys, small_text):
    path = tmp_path / "small.yaml"
    section = f"design: {{contract: fined, vary: {{{FACTOR}: [0.8, 1.0]}}}}\n"
    path.write_text(small_text + section, encoding="utf-8")
    few = ["--replications", "20", "--workers", "1", "--quiet", "--candidates", "8"]

    assert main(["design", str(path), *few, "--output", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "The recommended contract beats every hand-written one on buyer's expected cost" in out
    assert "are in the zone of agreement" in out
    # The one that the search began with has the title of what it found, and keeps it here.
    beaten = out.partition("Recommended less hand-written")[2].partition("\n\n")[0]
    assert re.search(r"^Fined ", beaten, re.M)
    points = re.findall(rf"^(Nash|Kalai-Smorodinsky), numbers of (\S+): {FACTOR} = ", out, re.M)
    assert [point for point, _contract in points] == ["Nash", "Kalai-Smorodinsky"]
    text = (tmp_path / "out" / "recommended.yaml").read_text(encoding="utf-8")
    signed = float(re.search(rf"Recommended: {re.escape(FACTOR)} = ([\d.]+)\.\n", out)[1])
    assert numbers_of(parse_contract(text))[FACTOR] == signed
    assert (tmp_path / "out" / "zone.png").stat().st_size > 10_000
    table = pd.read_csv(tmp_path / "out" / "contracts.csv", index_col="contract")
    assert FACTOR in table
    assert "written" in table.index

    # What is named on the command line goes before what the file says.
    assert main(["design", str(path), *few, "--risk", "cvar95"]) == 0
    assert "on CVaR 95% of buyer's cost" in capsys.readouterr().out
    assert main(["design", str(path), *few, "--contract", "plain"]) == 2
    assert "nothing says which numbers of 'plain' may vary" in capsys.readouterr().err
    assert main(["design", str(path), *few, "--vary", f"{FACTOR}=0.95"]) == 2
    err = capsys.readouterr().err
    assert f"leaves nothing to search; write a range as {FACTOR}=LOW:HIGH" in err


def test_without_a_section_the_command_says_what_is_missing(tmp_path, capsys, small_text):
    path = tmp_path / "small.yaml"
    path.write_text(small_text, encoding="utf-8")

    assert main(["design", str(path)]) == 2
    assert "the scenario has no section design that says what may vary" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_design_of_a_shipped_scenario_says_what_its_numbers_say(name, repository):
    scenario = pbc.load_scenario(repository / "scenarios" / f"{name}.yaml")
    outcomes = pbc.run(scenario, 30, seed=1, progress=False)
    found = pbc.design(outcomes, candidates=32, rounds=1)

    confirmation = found.confirmation
    rivals = set(confirmation.against.index) | set(confirmation.left_out)
    assert rivals == set(scenario.contracts)
    wins = confirmation.holds and (confirmation.against["high"] < 0).all()
    assert confirmation.beats_all == wins
    assert ("beats every hand-written one" in confirmation.verdict) == wins
    assert len(found.negotiate().zone)
    _is_the_difference_on_fresh_futures(found, scenario)


def _is_the_difference_on_fresh_futures(found, scenario):
    """Simulate, settle and subtract once more: a wrong table cannot pass for a right one."""
    confirmation, wishes = found.confirmation, found.confirmation.wishes
    rival = str(confirmation.against.index[0])
    both = {RECOMMENDED: found.recommended, rival: scenario.contracts[rival]}
    prices = pbc.run(scenario, 60, seed=1, progress=False).settle(both)
    objective = []
    for name in both:
        cell = {"contract": name, "plan": confirmation.table.loc[name, "plan"]}
        cost, profit = prices.buyer_cost.sel(cell), prices.supplier_profit.sel(cell)
        fresh = (cost - wishes.supplier_weight * profit).values[30:]
        tail = wishes.weight_of_tail
        objective.append((1 - tail) * fresh.mean() + tail * cvar(fresh))
    difference = confirmation.against.loc[rival, "difference"]
    assert difference == pytest.approx(objective[0] - objective[1])
