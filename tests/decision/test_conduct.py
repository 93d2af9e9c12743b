"""How an adaptive supplier acts on its record: it gives up, rushes, and picks the cherries."""

import numpy as np
import pandas as pd
import pytest

import pbc_sim as pbc
from pbc_sim.cli import main
from pbc_sim.language import speaking


@pytest.fixture(scope="module")
def folder(repository):
    return repository / "tests" / "scenarios"


@pytest.fixture(scope="module")
def two_fines(folder):
    told = pbc.load_scenario(folder / "overdue_orders_wait.yaml")
    return pbc.adapt(told, "two_fines", replications=12, beliefs=20, look=1.0, seed=3)


def held(found, looks, standing, plan):
    """Return in which share of reviews a plan is held at some looks of a standing."""
    rows = found.table.loc[(slice(*looks), standing), :]
    return float(np.average(rows[plan].fillna(0), weights=rows["reviews"]))


def test_a_lost_target_is_given_up_and_overdue_orders_wait(two_fines):
    """It turns to orders that can be in time once the sum for late ones is lost, and not before."""
    found = pbc.conduct(two_fines, "late", aim="on_time")

    late = (4, 6)
    assert found.brings["in_time_first"] > found.brings["oldest_first"] + 0.03
    assert held(found, late, "lost", "in_time_first") == 1
    assert held(found, late, "within_reach", "in_time_first") < 0.6
    assert "brings 'On-time share'" in " ".join(str(found).split())
    with speaking("id"):
        assert "tidak tercapai lagi" in str(found)


def test_each_review_stands_one_way_at_each_look(two_fines):
    found = pbc.conduct(two_fines, "late")

    reviews = found.table["reviews"].groupby(level="look").sum()
    assert (reviews == 12 * 4).all()
    shares = found.table[list(two_fines.plans)].sum(axis=1, skipna=False).dropna()
    np.testing.assert_allclose(shares, 1)
    # In a total, what is late once stays late: a lost target does not come back.
    lost = found.table["reviews"].xs("lost", level="standing")
    assert lost.is_monotonic_increasing


def test_how_a_target_stands_is_what_other_futures_say(two_fines):
    """Wider chances leave more reviews within reach; sees a standing that ignores them."""
    narrow, wide = (
        pbc.conduct(two_fines, "late", lost_below=low, safe_above=high).table["reviews"]
        for low, high in ((0.4, 0.5), (0.0, 1.0))
    )

    within = [table.xs("within_reach", level="standing").sum() for table in (narrow, wide)]
    assert within[0] < within[1] == 12 * 4 * 7


@pytest.mark.slow
def test_it_rushes_at_the_end_for_what_is_within_reach_and_relaxes_otherwise(folder):
    """Liang and Atkins (2013): a lump sum a week, looked at each day."""
    told = pbc.load_scenario(folder / "lump_sum_by_weeks.yaml")
    study = pbc.adapt(told, "lump_sum", replications=240, beliefs=160, look=1.0, seed=3)
    found = pbc.conduct(study, "fill")

    most, little, least = "up_to_17", "up_to_11", "up_to_8"
    assert held(found, (1, 2), "within_reach", most) < 0.1
    assert held(found, (6, 7), "within_reach", most) > 0.4
    assert held(found, (6, 7), "safe", most) < 0.1
    relaxed = held(found, (6, 7), "safe", little)
    assert relaxed > held(found, (6, 7), "within_reach", little) + 0.05
    assert held(found, (4, 7), "lost", least) == 1


def test_conduct_on_the_command_line(folder, capsys):
    asked = ["adapt", str(folder / "overdue_orders_wait.yaml"), "--contract", "two_fines"]
    asked += ["--look", "1", "--replications", "3", "--beliefs", "4", "--quiet"]

    assert main([*asked, "--kpi", "late", "--aim", "on_time"]) == 0
    assert "brings 'On-time share'" in " ".join(capsys.readouterr().out.split())
    assert main([*asked, "--aim", "on_time"]) == 2
    assert "--aim needs a KPI" in capsys.readouterr().err


def test_what_cannot_be_asked_is_refused(two_fines):
    with pytest.raises(pbc.PbcError, match="unknown KPI of this contract 'on_tim'"):
        pbc.conduct(two_fines, "late", aim="on_tim")
    with pytest.raises(pbc.PbcError, match="lost_below < safe_above"):
        pbc.conduct(two_fines, "late", lost_below=0.9, safe_above=0.1)
    with pytest.raises(pbc.PbcError, match="let the supplier adapt"):
        pbc.conduct(pd.DataFrame(), "late")
