"""A small study for numbers that must not move, and the shipped one for what it must show."""

import pytest

import pbc_sim as pbc

SMALL = """\
title: One office, two items
world:
  start: 2022-01-03
  horizon: {months: 2}
  demand:
    units: {office: {orders_per_business_day: 1.5}}
    lines_per_order: {poisson: {mean: 2, at_least: 1}}
  items:
    paper: {price: 10, cost: 6, quantity: {geometric: {mean: 3}}}
    toner: {price: 90, cost: 60, popularity: 0.4}
  supply:
    lead_time: {gamma: {mean: 4, cv: 0.5}}
    lot_quality: {beta: {mean: 0.05, concentration: 20}}
  picking: {hours_per_line: 0.5, error_share: 0.1}
  receipt: {inspection_share: 0.5, found_in_use_after: {gamma: {mean: 5, cv: 0.5}}}
plans:
  lean: {policy: {base_stock: {level: 6}}, pickers: 1}
  rich: {policy: {base_stock: {level: 20}}, pickers: 1, pick_check: 1.0, yearly_cost: 500}
costs:
  supplier: {holding_share_per_year: 0.3}
  buyer: {per_late_unit_day: 1, per_returned_unit: 5, monitoring_per_review: 3}
contracts:
  plain: {title: Plain}
  fined:
    title: Fined
    kpis:
      accuracy: {measure: order_accuracy, target: {at_least: 0.97}}
      fulfilment: {measure: on_time_share, limit: {business_days: 2}, target: {at_least: 0.9}}
    incentives:
      - lump_sum: {kpi: accuracy, if_missed: -50}
      - per_point: {kpi: fulfilment, rate: 5, floor: -100, cap: 20}
budget: 4000
outside_option: {supplier_profit: 0}
"""


@pytest.fixture(scope="session")
def small_text():
    return SMALL


@pytest.fixture(scope="session")
def small():
    return pbc.parse_scenario(SMALL)


@pytest.fixture(scope="session")
def small_outcomes(small):
    return pbc.run(small, replications=42, seed=3, workers=1, progress=False)


@pytest.fixture(scope="session")
def shipped(repository):
    return pbc.load_scenario(repository / "scenarios" / "office_supplies.yaml")


@pytest.fixture(scope="session")
def shipped_outcomes(shipped):
    return pbc.run(shipped, replications=20, seed=1, progress=False)
