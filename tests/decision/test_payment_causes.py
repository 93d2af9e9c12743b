"""A payment by clause adds up; a cause that is switched off leaves all other luck alone."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.payment_causes import CAUSES, payment_lines
from pbc_sim.show import plots
from pbc_sim.show.plots import waterfall as waterfall_plots


@pytest.fixture(scope="module")
def found(small):
    return pbc.payment_waterfall(small, "fined", plan="lean", replications=12, seed=3, workers=1)


def test_lines_add_up_to_what_is_settled(shipped_outcomes):
    for name, contract in shipped_outcomes.scenario.contracts.items():
        paid = shipped_outcomes.settle({name: contract}).payments.values[0]
        lines = payment_lines(contract, shipped_outcomes.scores)

        np.testing.assert_allclose(sum(lines.values()), paid)


def test_what_is_paid_is_that_of_the_study(found, small_outcomes):
    prices = small_outcomes.settle()
    paid = prices.payments.sel(contract="fined", plan="lean").values[:12]

    np.testing.assert_allclose(sum(found.lines.values()), paid)
    assert found.by_clause.loc["paid", "amount"] == pytest.approx(paid.mean())
    assert list(found.by_clause.index)[1] == "0: lump_sum of accuracy"


def test_only_what_this_world_has_is_a_cause(found):
    assert set(found.without) == {
        *("waiting for supply", "defective lots", "picking errors", "time to pick", "together"),
    }


def test_without_picking_errors_nobody_is_fined_for_them(found):
    """The lump sum on accuracy counts lines with wrong units; defects count as well."""
    table = found.by_clause_and_cause

    assert found.lines["0: lump_sum of accuracy"].mean() < 0
    assert table.loc["0: lump_sum of accuracy", "picking errors"] > 0
    assert (found.without["together"]["0: lump_sum of accuracy"] == 0).all()
    # What leaves the line's clause alone leaves it alone in every future.
    assert table.loc["0: lump_sum of accuracy", "time to pick"] == 0


def test_a_cause_of_ones_own_leaves_other_luck_alone(small):
    """No cause at all changes nothing; half the errors lie between all and none."""

    def halved(world):
        return world | {"picking": world["picking"] | {"error_share": 0.05}}

    causes = {"half": halved, "errors": CAUSES["picking errors"], "nothing": lambda world: world}
    found = pbc.payment_waterfall(
        small, "fined", plan="lean", causes=causes, replications=12, seed=3, workers=1
    )

    assert set(found.without) == {"half", "errors", "together"}
    by_cause = found.by_cause["change"]
    assert 0 < by_cause["half"] < by_cause["errors"]
    assert by_cause["together"] == pytest.approx(by_cause["errors"])


def test_what_is_switched_off_is_no_longer_uncertain(small):
    uncertain = {
        "parameters": {
            "world.picking.error_share": {"beta": {"mean": 0.1, "concentration": 50}},
            "costs.buyer.per_returned_unit": {"uniform": {"low": 1, "high": 3}},
        }
    }
    told = pbc.Scenario.model_validate(small.model_dump() | {"uncertain": uncertain})

    found = pbc.payment_waterfall(
        told, "fined", plan="lean", causes={"errors": CAUSES["picking errors"]}, replications=6,
        workers=1,
    )  # fmt: skip

    assert found.by_cause.loc["errors", "change"] > 0


def test_picture_begins_with_charges_and_ends_with_what_is_paid(found):
    steps = waterfall_plots._steps(found)
    table = found.by_clause["amount"]

    assert steps.begin[0] == pytest.approx(table.iloc[0])
    assert steps.begin[-1] + steps.change[-1] == pytest.approx(table["paid"])
    figure = plots.figure_waterfall(found)
    figure.canvas.draw()
    assert "12 simulated replications" in figure.get_supxlabel()


def test_what_cannot_be_split_is_refused(small, shipped):
    with pytest.raises(pbc.PbcError, match="unknown contract"):
        pbc.payment_waterfall(small, "fine")
    with pytest.raises(pbc.PbcError, match="the supplier walks away from 'harsh'"):
        pbc.payment_waterfall(shipped, "harsh", replications=3, workers=1)
    spoilt = {"all spoilt": lambda w: w | {"supply": w["supply"] | {"lot_quality": 1.0}}}
    with pytest.raises(pbc.PbcError, match="cause 'all spoilt' cannot be switched off"):
        pbc.payment_waterfall(small, "fined", plan="lean", causes=spoilt, replications=2)
