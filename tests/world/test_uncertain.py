"""Which values uncertain parameters draw, and how they get to their places."""

import numpy as np
import pytest
from scipy import stats

import pbc_sim as pbc
from pbc_sim.errors import PbcError
from pbc_sim.scenario import parse_scenario
from pbc_sim.world.uncertain import UncertainTerms, put

ERRORS, LEAD = "world.picking.error_share", "world.supply.lead_time.gamma.mean"


def terms(**more):
    laws = {ERRORS: {"beta": {"mean": 0.1, "concentration": 20}}, LEAD: {"uniform": LEADS}}
    return UncertainTerms.model_validate({"parameters": laws} | more)


LEADS = {"low": 3, "high": 9}


def test_values_follow_their_laws():
    """Kolmogorov and Smirnov; fails by chance once in ten thousand."""
    drawn = [terms().values(2, replication) for replication in range(500)]

    assert stats.kstest([v[ERRORS] for v in drawn], stats.beta(2, 18).cdf).pvalue > 1e-4
    assert stats.kstest([v[LEAD] for v in drawn], stats.uniform(3, 6).cdf).pvalue > 1e-4
    assert abs(np.corrcoef([list(v.values()) for v in drawn], rowvar=False)[0, 1]) < 4 / 500**0.5


def test_another_parameter_leaves_the_values_of_others_alone():
    one = UncertainTerms.model_validate({"parameters": {LEAD: {"uniform": LEADS}}})

    assert one.values(2, 7)[LEAD] == terms().values(2, 7)[LEAD]


def test_replications_share_a_draw():
    two_level = terms(replications_each=3)
    drawn = [two_level.values(2, replication) for replication in range(7)]

    assert drawn[0] == drawn[1] == drawn[2] != drawn[3]
    assert drawn[3:6] == [drawn[3]] * 3
    # The first draws are those of a study of one level.
    assert drawn[3] == terms().values(2, 1)


def test_laws_of_counts_draw_whole_numbers():
    law = {"world.machines.groups.x.count": {"poisson": {"mean": 4}}}
    (value,) = UncertainTerms.model_validate({"parameters": law}).values(1, 0).values()

    assert isinstance(value, int)


def test_a_value_is_put_in_its_place_and_nowhere_else():
    plain = {"world": {"items": {"a.b": {"price": 1.0}, "a": {"price": 2.0}}, "days": (1, 2)}}

    assert put(plain, "world.items.a.b.price", 9)["world"]["items"]["a.b"]["price"] == 9
    assert put(plain, "world.days.1", 9)["world"]["days"] == (1, 9)
    assert plain["world"]["days"] == (1, 2)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "world.picking.eror_share: 1",
            "unknown part of world.picking 'eror_share'.*'error_share'",
        ),
        (
            "world.picking.error_share: {exponential: {mean: 0.5}}",
            r"its 99\.9% quantile, 3\.45388, cannot stand there: picking\.error_share: must",
        ),
        ("world.horizon.months: 2", "horizon is the same in all futures"),
        ("world.supply.lead_time: 3", "'world.supply.lead_time' must be a number to be uncertain"),
        ("world.items.toner.popularity.x: 3", "leads past a value that has no parts"),
        ("world.items.toner.lead_time: 3", "must be a number .* it is not given"),
        ("world.demand.units.clinic.label: 3", "must be a number .* is no number"),
        ("plans.lean.pickers: 2", "begins with world or costs"),
        ("world.supply.lead_time.gamma.cv: 0", r"its 0\.1% quantile, 0, cannot stand there"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_its_line(line, message, repository):
    text = (repository / "scenarios/harbour_strike.yaml").read_text(encoding="utf-8")
    text = text.replace("\n    costs.buyer.monitoring", f"\n    {line}\n    costs.buyer.monitoring")
    kept = "    world.picking.error_share: {beta: {mean: 0.02, concentration: 200}}\n"
    text = text.replace(kept, "")
    number = next(n for n, t in enumerate(text.splitlines(), 1) if line in t)

    with pytest.raises(PbcError, match=rf"^scenario:{number}: .*{message}"):
        parse_scenario(text)


def test_a_bare_number_can_be_named_as_it_was_written(repository):
    text = (repository / "scenarios/harbour_strike.yaml").read_text(encoding="utf-8")
    text += "    world.picking.hours_per_line: {uniform: {low: 1, high: 2}}\n"

    setting = parse_scenario(text).drawn(1, 0).setting

    assert 1 < setting.terms.picking.hours_per_line.value < 2


@pytest.mark.parametrize("folder", ["scenarios", "tests/scenarios"])
def test_every_world_can_be_written_plainly_and_read_again(folder, repository):
    """Else no value could be put into it."""
    for path in sorted((repository / folder).glob("*.yaml")):
        world = pbc.load_scenario(path).world

        assert type(world).model_validate(world.model_dump()) == world, path.name
