"""A contract swept from the worst record to the best: where it falls, and where it is flat."""

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.show import plots

RIGHT = {"measure": "order_accuracy", "target": {"at_least": 0.95}}


def contract(incentives, **more):
    terms = {"title": "One", "payment": {"fixed_fee": {"per_period": 1000}}}
    return pbc.Contract.model_validate(
        terms | {"kpis": {"right": RIGHT}, "incentives": incentives} | more
    )


def scan(small, incentives, **more):
    return pbc.scan_incentives(contract(incentives, **more), small.setting)


def test_what_is_paid_is_worked_by_hand(small):
    """Two months of 1000; each point below 95 takes 2 a month, at most 40: flat below 75%."""
    found = scan(small, [{"per_point": {"kpi": "right", "rate": 2, "floor": -40, "cap": 0}}])

    paid = found.table.set_index("value")["paid"]
    assert paid[0.90] == pytest.approx(2 * (1000 - 10))
    assert paid[0.0] == paid[0.5] == pytest.approx(2 * 960)
    assert paid[1.0] == pytest.approx(2000)
    assert found.falls == ()
    (below,) = found.flat()
    assert (below.worse, below.better) == (0.0, pytest.approx(0.75))
    above = found.flat(only_missed=False)[-1]
    assert (above.worse, above.better, above.misses) == (0.95, 1.0, False)
    assert "from 0% to 75%, below the target, better work pays nothing more" in str(found)


def test_a_lump_sum_is_flat_but_for_its_target(small):
    found = scan(small, [{"lump_sum": {"kpi": "right", "if_missed": -50}}])

    assert [(s.worse, s.better) for s in found.flat()] == [(0.0, pytest.approx(0.945))]


def test_a_flat_place_ends_at_the_target(small):
    """The curve is at its top at 90%, so that the last points before the target earn nothing."""
    curve = {"kpi": "right", "at_risk": 0.1, "points": {0.5: 0, 0.9: 1}}
    found = scan(small, [{"payment_curve": curve}])

    below = [(s.worse, s.better) for s in found.flat()]
    assert below == [(0.0, 0.5), (pytest.approx(0.9), pytest.approx(0.945))]
    assert found.flat(only_missed=False)[-1].worse == 0.95


def test_pay_that_falls_is_found_with_its_amount(small):
    """Declared perverse: 30 for 80% and nothing for 90%."""
    points = {0.7: 0, 0.8: 1, 0.9: 0.5, 0.95: 1}
    curve = {"kpi": "right", "at_risk": 0.1, "points": points, "rewards_worse": True}
    found = scan(small, [{"payment_curve": curve}])

    (fall,) = found.falls
    assert (fall.worse, fall.better) == (pytest.approx(0.8), pytest.approx(0.9))
    # Half of a tenth of the charges, two months.
    assert fall.change == pytest.approx(-2 * 1000 * 0.1 * 0.5)


def test_a_cap_that_others_have_used_up_leaves_nothing_to_gain(small):
    """Two KPIs share a cap of 40; with the other at its worst, this one changes nothing."""
    both = {"right": RIGHT, "filled": {"measure": "fill_rate", "target": {"at_least": 0.9}}}
    fines = [{"lump_sum": {"kpi": kpi, "if_missed": -40}} for kpi in both]
    terms = contract(fines, kpis=both, limits={"deductions": {"amount": 40, "per": "period"}})

    good = pbc.scan_incentives(terms, small.setting)
    bad = pbc.scan_incentives(terms, small.setting, others={"filled": 0.0})

    def range_of(found):
        return np.ptp(found.table.loc[found.table["kpi"] == "right", "paid"])

    assert range_of(good) == pytest.approx(80)
    assert range_of(bad) == 0


def test_less_may_be_better(small):
    late = {"measure": "late_orders", "limit": {"calendar_days": 3}, "target": {"at_most": 2}}
    terms = contract(
        [{"per_point": {"kpi": "late", "rate": 5, "floor": -1000, "cap": 0}}], kpis={"late": late}
    )
    found = pbc.scan_incentives(terms, small.setting)

    values = found.table["value"].to_numpy()
    assert (np.diff(values) < 0).all()
    assert values[-1] == 0
    assert found.falls == ()


def test_a_picture_has_a_panel_a_kpi(shipped):
    found = pbc.scan_incentives(shipped.contracts["pbc_2022"], shipped.setting, currency="IDR")

    figure = plots.figure_incentives(found)
    figure.canvas.draw()

    assert [ax.get_title("left") for ax in figure.axes] == [
        "On-time share",
        "Order accuracy",
        "Return rate",
    ]
    # Of returns less is better, and better lies to the right.
    assert figure.axes[2].get_xlim()[0] > figure.axes[2].get_xlim()[1]


def test_a_scan_says_kpis_by_their_titles_and_values_in_their_units(shipped):
    found = pbc.scan_incentives(shipped.contracts["pbc_2022"], shipped.setting, currency="IDR")

    said = str(found)
    assert "Order accuracy: from 0% to 94%, below the target, better work pays nothing" in said
    # 95% of the grid is the target but for rounding: it is no stretch of its own.
    assert all(stretch.worse != pytest.approx(stretch.better) for stretch in found.stretches)


def test_what_cannot_be_swept_is_refused(small):
    with pytest.raises(pbc.PbcError, match="no KPI to sweep"):
        pbc.scan_incentives(small.contracts["plain"], small.setting)
    with pytest.raises(pbc.PbcError, match="KPI of this contract"):
        pbc.scan_incentives(small.contracts["fined"], small.setting, others={"acuracy": 0.9})
