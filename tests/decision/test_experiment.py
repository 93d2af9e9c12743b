"""The numbers of a study depend on seed, replication and plan, and on nothing else."""

import json
import multiprocessing
import os
import signal

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.contract import Contract
from pbc_sim.decision import experiment
from pbc_sim.performance.scorecard import Scorer

FORKS = multiprocessing.get_start_method() == "fork"
needs_fork = pytest.mark.skipif(not FORKS, reason="workers see a patched function only if forked")


def _run(scenario, replications=6, **options):
    options = {"seed": 3, "workers": 1, "progress": False} | options
    return pbc.run(scenario, replications=replications, **options)


def _same(one, other, plan):
    """Whether two outcomes agree on all that both measured, in their common replications."""
    n = min(one.replications, other.replications)
    p, q = one.scores.plans.index(plan), other.scores.plans.index(plan)
    common = set(one.scores.measured) & set(other.scores.measured)
    assert common
    for measure in common:
        a, b = one.scores.measured[measure], other.scores.measured[measure]
        np.testing.assert_array_equal(a[:, p, :n], b[:, q, :n], err_msg=str(measure))
    for term in set(one.study.needs.terms) & set(other.study.needs.terms):
        a, b = (o.costs.sel(plan=plan)[:n, o.study.needs.terms.index(term)] for o in (one, other))
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(one.open_at_end[p, :n], other.open_at_end[q, :n])


@pytest.mark.parametrize(
    ("workers", "chunk"), [(1, 1), (1, 64), (2, 1), (2, 3), (2, 64), (2, None)]
)
def test_workers_and_chunks_change_no_number(workers, chunk, small):

    outcomes = _run(small, 8, workers=workers, chunk=chunk)

    assert outcomes.digest() == _run(small, 8).digest()


def test_seed_changes_the_numbers(small):

    assert _run(small).digest() != _run(small, seed=4).digest()


@pytest.mark.parametrize("plan", ["lean", "rich"])
def test_replication_41_can_be_run_again_alone(plan, small, small_outcomes):

    ledger = small_outcomes.ledger(plan, 41)

    needs = small_outcomes.study.needs
    card = Scorer.of(needs, small.setting).score(ledger, small.plans[plan], small.costs)
    kept = small_outcomes.scores.only(plan, 41)
    for measure, measured in zip(needs.measures, card.measured, strict=True):
        np.testing.assert_array_equal(measured, kept.measured[measure][:, 0, 0])
    np.testing.assert_array_equal(card.costs, small_outcomes.costs.sel(plan=plan)[41])


def test_more_replications_keep_the_first_ones(small, small_outcomes):

    _same(_run(small, 5), small_outcomes, "lean")
    _same(_run(small, 5), small_outcomes, "rich")


def test_new_plan_moves_nobody_elses_numbers(small, small_outcomes):
    other = pbc.SupplierPlan.model_validate({"policy": {"base_stock": {"level": 9}}})

    more = small.model_copy(update={"plans": {"new": other, **small.plans}})

    for plan in small.plans:
        _same(_run(more), small_outcomes, plan)


def test_new_contract_and_kpi_move_nobody_elses_numbers(small, small_outcomes):
    kpi = {"measure": "ready_rate", "target": {"at_least": 0.5}, "review": "term"}
    other = Contract.model_validate({"title": "new", "term": {"months": 1}, "kpis": {"stock": kpi}})

    more = _run(small.model_copy(update={"contracts": {"new": other, **small.contracts}}))

    for plan in small.plans:
        _same(_run(small), more, plan)
    before = small_outcomes.settle().payments[:, :, :6]
    after = more.settle().payments.sel(contract=before["contract"])
    np.testing.assert_array_equal(after, before)


@needs_fork
def test_study_survives_a_killed_worker(small, monkeypatch, tmp_path):
    expected, killed = _run(small, 8).digest(), tmp_path / "killed"
    replicate = experiment.Study.replicate

    def killed_once(study, replications):
        if 3 in replications and not killed.exists():
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return replicate(study, replications)

    monkeypatch.setattr(experiment.Study, "replicate", killed_once)

    assert _run(small, 8, workers=2, chunk=1).digest() == expected
    assert killed.exists()


@needs_fork
def test_workers_lost_again_and_again_end_in_a_way_out(small, monkeypatch):
    monkeypatch.setattr(
        experiment.Study, "replicate", lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    )

    with pytest.raises(pbc.PbcError, match=r"lost 3 times \(seed 3, replication 0.*fewer workers"):
        _run(small, 4, workers=2, chunk=1)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=needs_fork)])
def test_failing_replication_names_seed_replication_and_plan(workers, small, monkeypatch):
    score = experiment.Study.score

    def failing(study, world, plan, rates):
        if world.replication == 2 and plan == "rich":
            raise ZeroDivisionError("no stock at all")
        return score(study, world, plan, rates)

    monkeypatch.setattr(experiment.Study, "score", failing)

    with pytest.raises(
        pbc.InvariantError, match=r"no stock at all \(seed 3, replication 2, plan 'rich'\)"
    ):
        _run(small, 4, workers=workers, chunk=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"replications": 0}, r"replications must be >= 1, got 0\."),
        ({"replications": -3}, r"replications must be >= 1, got -3\."),
        ({"workers": 0}, r"workers must be >= 1, got 0\."),
        ({"chunk": 0}, r"chunk must be >= 1, got 0\."),
        ({"seed": -1}, r"seed must be >= 0, got -1\."),
    ],
)
def test_argument_out_of_range_is_refused(options, words, small):

    with pytest.raises(pbc.PbcError, match=words):
        _run(small, **options)


@pytest.mark.parametrize("workers", [1, 2])
def test_it_is_said_that_rules_are_compiled_where_none_are_kept(
    workers, small, capsys, monkeypatch
):
    pytest.importorskip("numba", reason="the compiled engine comes with the extra `fast`")
    asked = {"workers": workers, "progress": True, "engine": "compiled"}
    _run(small, 2, **asked)
    assert "compiled" not in capsys.readouterr().err  # kept by now

    monkeypatch.setattr(experiment, "is_kept", lambda *_: False)
    _run(small, 2, **asked)
    said, _, bar = capsys.readouterr().err.partition("\n")
    assert said.startswith("The rules are compiled, which may take a minute")
    assert "simulating: 100%" in bar

    _run(small, 2, **(asked | {"progress": False}))
    assert capsys.readouterr().err == ""


def test_progress_is_shown_only_when_asked(small, capsys):

    _run(small, 2, progress=True)
    assert "simulating: 100%" in capsys.readouterr().err

    _run(small, 2)
    assert capsys.readouterr().err == ""


def test_shipped_scenarios_give_the_recorded_numbers(repository):
    """Whoever changes a number on purpose writes the new digest and says so in the changelog."""
    recorded = json.loads((repository / "tests/decision/golden.json").read_text(encoding="utf-8"))
    options = {"replications": recorded["replications"], "seed": recorded["seed"]}

    digests = {
        path.stem: pbc.run(pbc.load_scenario(path), **options, progress=False).digest()
        for path in sorted((repository / "scenarios").glob("*.yaml"))
    }

    assert digests == recorded["digests"]
