"""What inspection at goods in does with a lot."""

import numpy as np
import pytest

from pbc_sim.inputs import WrittenError
from pbc_sim.operations import SupplierPlan
from pbc_sim.operations.inspection import IncomingLot, ShareInspection, SingleSampling


def lot(defective, luck, finds_share=1.0, detection=None):
    return IncomingLot(
        np.array(defective, dtype=bool),
        np.array(luck),
        finds_share,
        lambda: np.array(detection),
    )


#: Ten units, of which the first three are defective; the sample of four is units 6 to 9.
THREE_OF_TEN = lot([1] * 3 + [0] * 7, np.linspace(0.9, 0.0, 10))
#: The same, with the defective ones in the sample.
SEEN = lot([1] * 3 + [0] * 7, np.linspace(0.0, 0.9, 10))


def test_a_lot_passes_with_as_many_defects_as_are_allowed():
    result = SingleSampling(sample=4, accept=3).inspect(SEEN)

    assert (result.rejected, result.inspected, result.scrapped.sum()) == (False, 4, 3)


def test_defects_outside_the_sample_are_not_seen():
    result = SingleSampling(sample=4, accept=0).inspect(THREE_OF_TEN)

    assert (result.rejected, result.inspected, result.scrapped.sum()) == (False, 4, 0)


def test_a_rejected_lot_is_screened_as_a_whole():
    result = SingleSampling(sample=2, accept=1).inspect(SEEN)

    assert (result.rejected, result.returned) == (True, False)
    assert (result.inspected, result.scrapped.sum()) == (10, 3)


def test_a_rejected_lot_that_goes_back_is_not_scrapped():
    result = SingleSampling(sample=2, accept=1, if_rejected="return").inspect(SEEN)

    assert (result.rejected, result.returned) == (True, True)
    assert (result.inspected, result.scrapped.sum()) == (2, 0)


def test_a_sample_larger_than_the_lot_is_the_lot():
    assert SingleSampling(sample=50, accept=5).inspect(SEEN).inspected == 10


def test_inspection_that_overlooks_defects_overlooks_them_in_the_sample():
    # Only the second of three defects is found, so that one in four passes.
    seen = SEEN._replace(finds_share=0.5, detection=lambda: np.array([0.9, 0.1, 0.9] + [0.0] * 7))

    result = SingleSampling(sample=4, accept=1).inspect(seen)

    assert not result.rejected
    assert np.flatnonzero(result.scrapped).tolist() == [1]


def test_a_bare_number_is_the_share_of_units_inspected():
    plan = SupplierPlan.model_validate(
        {"policy": {"base_stock": {"level": 1}}, "goods_in_inspection": 0.25}
    )

    assert plan.goods_in_inspection == ShareInspection(of_units=0.25)


@pytest.mark.parametrize(
    ("inspection", "sentence"),
    [
        (1.5, "must be a number >= 0 and <= 1, got 1.5"),
        ({"mil_std_105e": {"aql_percent": 2}}, r"one of the tabulated .*1, 1\.5, .*got 2"),
        ({"mil_std_105e": {"aql_percent": 1.0, "level": "IV"}}, "level: must be .*'III'"),
        ({"single_sampling": {"sample": 0}}, "sample: must be a whole number > 0"),
        ({"single_sampling": {"sample": 5, "if_rejected": "burn"}}, "'screen' or 'return'"),
        ({"singel_sampling": {}}, "Did you mean 'single_sampling'"),
    ],
)
def test_what_no_inspection_can_be_is_answered_in_a_sentence(inspection, sentence):
    with pytest.raises(WrittenError, match=sentence):
        SupplierPlan.model_validate(
            {"policy": {"base_stock": {"level": 1}}, "goods_in_inspection": inspection}
        )


def test_a_rejected_lot_that_goes_back_is_ordered_again_and_never_shelved(happened):
    supply = {"lead_time": 1, "lot_quality": 0.5}
    plan = {
        "policy": {"reorder_point_quantity": {"reorder_point": 3, "quantity": 20}},
        "goods_in_inspection": {"single_sampling": {"sample": 10, "if_rejected": "return"}},
    }

    lots = happened(plan, supply=supply, horizon={"days": 40}).replenishments

    back = np.flatnonzero(lots.rejected)
    assert len(back) > 5
    assert (lots.sent_back[back] == lots.units[back]).all()
    assert not lots.defective[back].any()
    # Whatever goes back is on order again at that instant, unless the next order would come late.
    assert set(lots.arrived[back]) <= set(lots.ordered.tolist())
