"""What a settlement hands over: names, axes, types and numbers of the dataset, by hand."""

import numpy as np
import pytest

from pbc_sim.contract import Contract, settle
from pbc_sim.contract import settlement as settlement_module
from pbc_sim.contract.pricing import Settled
from pbc_sim.contract.settlement import BLOCK_CONTRACTS, structure
from pbc_sim.errors import InvariantError, PbcError

FEE = {"fixed_fee": {"per_period": 100.0}}
ACCURACY = {"measure": "order_accuracy", "target": {"at_least": 0.9}}
RETURNS = {"measure": "return_rate", "target": {"at_most": 0.1}}
FINED = {
    "title": "Fined",
    "term": {"months": 3},
    "payment": FEE,
    "kpis": {"accuracy": ACCURACY, "returns": RETURNS | {"review": "quarter"}},
    "incentives": [
        {"lump_sum": {"kpi": "accuracy", "if_missed": -10.0, "if_met": 4.0}},
        {"lump_sum": {"kpi": "returns", "if_missed": -7.0}},
    ],
    "adjustments": [{"retention": {"share": 0.1}}],
}
PLAIN = {"title": "Plain", "term": {"months": 3}, "payment": FEE}
ENDED = PLAIN | {
    "title": "Ended",
    "kpis": {"accuracy": ACCURACY | {"drop_after": 1}},
    "termination": {"breaches": 1, "supplier_pays": 30.0},
}
DISCOUNTED = PLAIN | {"term": {"months": 3, "discount_rate_per_year": 0.1}}
#: Right of ten lines in three months, by plan and replication; nothing or all comes back.
RIGHT = {("lean", 0): [8, 9, 10], ("lean", 1): [8, 8, 8], ("safe", 0): [9, 9, 9]}
RIGHT[("safe", 1)] = [10, 10, 8]


@pytest.fixture
def settled_of(scores_of):
    def settled(**sections):
        contracts = {name: Contract.model_validate(s) for name, s in sections.items()}

        def numbers(measure, shape):
            if measure.kpi == "return_rate":
                part = np.array([[[0.0], [1.0]], [[1.0], [0.0]]])
                return np.stack([part, np.ones(shape), np.ones(shape)])
            right = np.array([[RIGHT[plan, r] for r in (0, 1)] for plan in ("lean", "safe")])
            return np.stack([right, np.full(shape, 10.0), np.full(shape, 10.0)])

        scores = scores_of(contracts, numbers, months=3, plans=("lean", "safe"), replications=2)
        return settle(contracts, scores)

    return settled


def test_dataset_has_its_axes_names_and_types(settled_of):
    found = settled_of(fined=FINED, plain=PLAIN)

    assert dict(found.sizes) == {"contract": 2, "plan": 2, "replication": 2, "kpi": 2}
    assert list(found["contract"].values) == ["fined", "plain"]
    assert list(found["plan"].values) == ["lean", "safe"]
    assert list(found["replication"].values) == [0, 1]
    assert list(found["kpi"].values) == ["accuracy", "returns"]
    amounts = ["payments", "charges", "bonuses", "deductions", "adjustments"]
    counts = ["periods_lost", "reviews", "reviews_met", "reviews_dropped"]
    assert list(found.data_vars) == amounts + counts
    for name in amounts:
        assert found[name].dims == ("contract", "plan", "replication")
        assert found[name].dtype == np.float64
    assert found["periods_lost"].dtype == np.int32
    assert found["reviews"].dims == ("contract", "kpi")
    for name in ("reviews_met", "reviews_dropped"):
        assert found[name].dims == ("contract", "kpi", "plan", "replication")
        assert found[name].dtype == np.float32


def test_amounts_are_those_of_the_clauses(settled_of):
    """By hand: three fees; accuracy -10 a month missed and 4 met; returns once -7 or nothing."""
    fined = settled_of(plain=PLAIN, fined=FINED).sel(contract="fined")

    assert fined["charges"].values.tolist() == [[300, 300], [300, 300]]
    assert fined["bonuses"].values.tolist() == [[8, 0], [12, 8]]
    assert fined["deductions"].values.tolist() == [[-10, -37], [-7, -10]]
    # A tenth is held back each month and released with the last payment.
    assert fined["adjustments"].values.tolist() == [[0, 0], [0, 0]]
    assert fined["payments"].values.tolist() == [[298, 263], [305, 298]]
    assert fined["reviews"].values.tolist() == [3, 1]
    assert fined["reviews_met"].sel(kpi="accuracy").values.tolist() == [[2, 0], [3, 2]]
    assert fined["reviews_met"].sel(kpi="returns").values.tolist() == [[1, 0], [0, 1]]
    assert not fined["reviews_dropped"].values.any()


def test_a_contract_without_a_kpi_has_no_reviews_of_it(settled_of):
    plain = settled_of(fined=FINED, plain=PLAIN).sel(contract="plain")

    assert np.isnan(plain["reviews"].values).all()
    assert np.isnan(plain["reviews_met"].values).all()
    assert not plain["reviews_dropped"].values.any()
    assert plain["payments"].values.tolist() == [[300, 300], [300, 300]]


def test_periods_lost_and_reviews_dropped_are_counted(settled_of):
    """A breach in the first month ends the contract; a target met once is reviewed no more."""
    ended = settled_of(ended=ENDED).sel(contract="ended")

    assert ended["periods_lost"].values.tolist() == [[2, 2], [0, 0]]
    assert ended["payments"].values.tolist() == [[70, 70], [300, 300]]
    assert ended["adjustments"].values.tolist() == [[-30, -30], [0, 0]]
    assert ended["reviews_met"].values[0].tolist() == [[0, 0], [1, 1]]
    assert ended["reviews_dropped"].values[0].tolist() == [[2, 2], [2, 2]]


def test_present_values_stand_beside_the_payments_where_somebody_discounts(settled_of):
    """Three fees at the ends of January, February and March 2022, ten per cent a year."""
    found = settled_of(plain=PLAIN, discounted=DISCOUNTED)
    days = np.array([31, 59, 90])

    assert list(found.data_vars)[:6][-1] == "present_values"
    assert found["present_values"].sel(contract="plain").values == pytest.approx(300)
    expected = sum(100 * 1.1 ** -(days / 365.25))
    assert found["present_values"].sel(contract="discounted").values == pytest.approx(
        expected, rel=2e-4
    )
    assert (found["payments"].sel(contract="discounted") == 300).all()


def test_numbers_do_not_change_the_structure_and_clauses_do():
    def of(**changes):
        return structure(Contract.model_validate(FINED | changes))

    less = {"lump_sum": {"kpi": "accuracy", "if_missed": -99.0, "if_met": 1.0}}
    assert of() == of(title="Other", payment={"fixed_fee": {"per_period": 7.0}})
    assert of() == of(incentives=[less, FINED["incentives"][1]])
    different = (
        {"term": {"months": 2}},
        {"payment": {"catalogue_price": {"factor": 1.0}}},
        {"limits": {"deductions": {"share": 0.1}}},
        {"kpis": FINED["kpis"] | {"returns": RETURNS}},
        {"incentives": FINED["incentives"][:1]},
        {"adjustments": []},
        {"gate": {"no_bonus_below": {"accuracy": 0.5}}},
        {"termination": {"breaches": 2}},
    )
    assert len({of(), *(of(**changes) for changes in different)}) == len(different) + 1


def test_more_contracts_than_a_block_holds_are_paid_each_for_itself(settled_of):
    fees = [10.0 * n for n in range(1, 2 * BLOCK_CONTRACTS + 2)]
    many = {f"c{fee:g}": PLAIN | {"payment": {"fixed_fee": {"per_period": fee}}} for fee in fees}

    found = settled_of(**many)

    assert found["payments"].values[:, 0, 0].tolist() == [3 * fee for fee in fees]


def test_a_result_that_does_not_fit_is_refused_with_its_size(settled_of, monkeypatch):
    """Eight cells of five amounts, one count and two KPIs: 5 x 8 + 4 + 2 x 8 bytes each."""
    monkeypatch.setattr(settlement_module, "MOST_RESULT_BYTES", 8 * 60)
    assert settled_of(fined=FINED, plain=PLAIN)

    monkeypatch.setattr(settlement_module, "MOST_RESULT_BYTES", 8 * 60 - 1)
    with pytest.raises(
        PbcError,
        match=r"^2 contracts on 2 plans and 2 replications need 0\.0 GiB; settle fewer contracts",
    ):
        settled_of(fined=FINED, plain=PLAIN)


def test_lines_that_do_not_add_up_are_an_error(settled_of, monkeypatch):
    kept = Settled.lines.fget
    monkeypatch.setattr(Settled, "lines", property(lambda settled: kept(settled)[:1]))

    with pytest.raises(InvariantError, match="payments do not equal the sum of their lines"):
        settled_of(fined=FINED)
