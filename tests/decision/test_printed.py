"""What decides is printed in words and numbers, and not as the fields of an object."""

import re

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision import risk

SAMPLE = np.random.default_rng(3).gamma(4, 1e8, 200)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (risk.mean_estimate(SAMPLE), r"\d{3},\d{3},\d{3} \[\d{3},\d{3},\d{3}, .*\] \(.+\)"),
        (risk.probability(SAMPLE > 9e8), r"[\d.]+% \[[\d.]+%, [\d.]+%\] \(.+\)"),
        (risk.paired(SAMPLE, SAMPLE - 1.5 * np.arange(200.0)), r"[\d.]+ \[[\d.]+, [\d.]+\]"),
        (risk.summary(SAMPLE, is_cost=True), r"mean: \d.* \[.*\]\nstandard deviation: \d"),
        (risk.variance_split(SAMPLE, 4), r"Of the variance \d+% is luck and \d+% \[.*\] not kn"),
    ],
)
def test_an_estimate_reads_as_a_number_with_its_interval(found, says):
    assert re.match(says, str(found))
    assert found._repr_html_().startswith("<pre>")


def test_what_the_sample_cannot_carry_is_said():
    few = risk.probability(np.arange(40) == 3)

    assert "seen in 1 of 40 replications" in str(few)
    assert str(risk.mean_estimate(np.array([4.0]))).startswith("4 [-]")


def test_results_print_no_fields(small_outcomes):
    prices = small_outcomes.settle()
    study = pbc.design(
        small_outcomes, "fined", {"payment.catalogue_price.factor": [0.9, 1.0, 1.1]}, fresh=5,
        workers=1,
    )  # fmt: skip
    comparison = pbc.compare(prices)
    results = [
        prices, comparison, study, study.confirmation, study.negotiate(), pbc.rank(comparison),
        pbc.respond(prices, {"usual": pbc.SupplierType()}), small_outcomes,
        comparison.results["fined"], comparison.results["fined"].kpis["accuracy"],
    ]  # fmt: skip

    for found in results:
        told = str(found)
        assert not re.search(r"\w+\(\w+=|<xarray|array\(|object at", told), type(found).__name__
        assert len(told) < 10_000
    assert repr(prices).startswith("Settlement of plain, fined on Outcomes of 'One office, two")
    result = comparison.results["fined"]
    assert comparison.table.loc[[*result.readable], "Fined"].to_dict() == result.readable
    assert "Order accuracy: reviews" in str(result.kpis["accuracy"])
    assert "clause" not in result.kpis["accuracy"].as_dict()  # JSON stays as it is documented
    assert "Recommended less hand-written, buyer's expected cost" in str(study.confirmation)
