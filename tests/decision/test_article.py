"""What the article reports of its cases moves the same way as the supplier answers at best."""

from pathlib import Path

import pytest

import pbc_sim as pbc

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
REPORTING = [p for p in sorted(SCENARIOS.glob("*.yaml")) if pbc.load_scenario(p).published]


def test_both_worked_cases_are_compared_with_the_article():
    assert {path.stem for path in REPORTING} >= {"office_supplies", "spare_parts"}


@pytest.mark.parametrize("path", REPORTING, ids=lambda path: path.stem)
def test_every_reported_result_comes_out_in_its_direction(path):
    """With the whole 95% interval, on other luck than that of the calibration."""
    scenario = pbc.load_scenario(path)
    report = scenario.published
    contracts = {name: scenario.contracts[name] for name in (report.before, report.after)}
    outcomes = pbc.run(scenario, replications=25, seed=2026, workers=1, progress=False)

    published = pbc.compare(outcomes.settle(contracts), baseline=report.before).published

    assert published["direction"].tolist() == ["as reported"] * len(report.rows)
