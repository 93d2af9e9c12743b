"""What a person may write of sources and recalls, and how a mistake is answered."""

import pytest

from pbc_sim.inputs import WrittenError
from pbc_sim.world.sources import SourceTerms
from pbc_sim.world.terms import SupplyTerms


def test_a_supply_without_lead_time_needs_one_of_every_source():
    SupplyTerms(sources={"a": SourceTerms(lead_time=1)})

    with pytest.raises(WrittenError, match="lead_time: is missing; add it, or give every one"):
        SupplyTerms.model_validate({"sources": {"a": {"lead_time": 1}, "b": {}}})


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"delivered_share": 1.2}, "delivered_share: must stay within 0 and 1, got values up to"),
        ({"delivered_share": 0}, "delivered_share: must have a mean > 0, got 0; a source"),
        ({"delivered_share": {"gamma": {"mean": 0.5}}}, "must stay within 0 and 1"),
        ({"lot_quality": 2}, "lot_quality: must stay within 0 and 1"),
        ({"capacity_per_day": 0}, "capacity_per_day: must be a number > 0"),
        ({"stock": {"level": -1, "lead_time": 1}}, "stock.level: must be a whole number >= 0"),
        ({"speed": 1}, "unknown key 'speed'"),
    ],
)
def test_what_no_source_can_be_is_answered_in_a_sentence(source, sentence):
    with pytest.raises(WrittenError, match=sentence):
        SourceTerms.model_validate(source)
