"""Every entry of every catalogue is described, has its source, and is shown in a scenario."""

import doctest
import inspect
import re

import pytest
from ruamel.yaml import YAML

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.operations import SupplierPlan
from pbc_sim.operations.allocation import ALLOCATIONS
from pbc_sim.operations.inspection import INSPECTIONS
from pbc_sim.operations.policies import POLICIES
from pbc_sim.operations.sourcing import SOURCINGS
from pbc_sim.performance import kpis
from pbc_sim.performance.costs import COST_LINES
from pbc_sim.performance.measures import KPIS
from pbc_sim.world.disruption import DISRUPTIONS
from pbc_sim.world.distributions import DISTRIBUTIONS

CATALOGUES = {
    "KPI": KPIS,
    "incentive": INCENTIVES,
    "payment scheme": PAYMENTS,
    "adjustment": ADJUSTMENTS,
    "stock policy": POLICIES,
    "sourcing rule": SOURCINGS,
    "allocation rule": ALLOCATIONS,
    "goods-in inspection": INSPECTIONS,
    "distribution": DISTRIBUTIONS,
    "kind of disruption": DISRUPTIONS,
}
LEVERS = sorted(set(SupplierPlan.model_fields) - {"label", "policy"})
#: Totals that payments are based on; a clause asks for them without naming them.
UNNAMED = {"accepted_value": "catalogue_price", "late_value_days": "late_fee"}
KPI_MODULES = [getattr(kpis, name) for name in kpis.__all__]
A_UNIT = re.compile(r"\[[^\]]+\]")


@pytest.fixture(scope="module")
def used(repository):
    """Return all keys and all text values of the scenario files."""
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for key, part in value.items():
                found.add(key)
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)
        elif isinstance(value, str):
            found.add(value)

    folders = [repository / name for name in ("scenarios", "scenarios/schemes", "tests/scenarios")]
    for path in sorted(path for folder in folders for path in folder.glob("*.yaml")):
        walk(YAML(typ="safe", pure=True).load(path))
    return found


def _entries(*kinds):
    return [
        pytest.param(kind, name, id=f"{kind}: {name}")
        for kind in kinds or CATALOGUES
        for name in CATALOGUES[kind]
    ]


@pytest.mark.parametrize(("kind", "name"), _entries())
def test_entry_occurs_in_a_scenario_file(kind, name, used):

    shown = UNNAMED.get(name, name)

    assert shown in used, f"add an example of the {kind} '{name}' to scenarios/ or tests/scenarios/"


@pytest.mark.parametrize("lever", LEVERS)
def test_lever_of_a_plan_occurs_in_a_scenario_file(lever, used):

    assert lever in used, f"add an example of the lever '{lever}' to a plan of some scenario"


RULES = ("stock policy", "sourcing rule", "allocation rule", "goods-in inspection")


@pytest.mark.parametrize(
    ("kind", "name"), _entries("incentive", "payment scheme", "adjustment", *RULES)
)
def test_clause_has_a_docstring_that_says_more_than_its_name(kind, name):

    text = inspect.getdoc(CATALOGUES[kind][name])

    assert text
    assert len(text.split("\n")[0]) > 20
    assert text.split("\n")[0].endswith((".", ":"))


@pytest.mark.parametrize(("kind", "name"), _entries("incentive", "payment scheme", "adjustment"))
def test_clause_stands_alone_in_a_file_of_its_name(kind, name):
    module = inspect.getmodule(CATALOGUES[kind][name])

    written = [each for _, each in inspect.getmembers(module, inspect.isclass)]
    registered = [each for each in written if each in CATALOGUES[kind].values()]

    assert module.__name__.rpartition(".")[2] == name
    assert registered == [CATALOGUES[kind][name]]


@pytest.mark.parametrize(("kind", "name"), _entries("incentive", "payment scheme", "adjustment"))
def test_clause_has_units_source_and_example(kind, name):

    text = inspect.getdoc(CATALOGUES[kind][name])

    assert A_UNIT.search(text), "give the unit of each amount in brackets"
    assert "Source:" in text
    assert doctest.DocTestParser().get_examples(text)


@pytest.mark.parametrize(("kind", "name"), _entries(*RULES))
def test_rule_of_a_plan_has_source_and_example(kind, name):

    text = inspect.getdoc(CATALOGUES[kind][name])

    assert "Source:" in text
    assert doctest.DocTestParser().get_examples(text)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution_says_what_it_is(name):
    entry = DISTRIBUTIONS[name]

    assert inspect.getdoc(entry).split("\n")[0].endswith(".")
    assert entry.scipy_name


@pytest.mark.parametrize("name", KPIS)
def test_kpi_has_label_unit_source_bounds_and_example(name):
    kpi = KPIS[name]
    text = inspect.getdoc(kpi.facts)

    assert kpi.name == name
    assert kpi.label
    assert kpi.label != name
    assert kpi.unit
    assert len(kpi.source) > 5
    assert kpi.bounds[0] < kpi.bounds[1]
    assert A_UNIT.search(text), "give the unit in brackets"
    examples = doctest.DocTestParser().get_examples(text)
    assert any(f'value_of("{name}"' in example.source for example in examples)


@pytest.mark.parametrize("name", COST_LINES)
def test_cost_line_has_label_party_and_source(name):
    line = COST_LINES[name]

    assert line.name == name
    assert line.label
    assert line.party in ("supplier", "buyer")
    assert line.source


def test_every_public_kpi_function_is_filed_under_its_own_name():

    public = {name for module in KPI_MODULES for name in module.__all__}

    assert public == set(KPIS)


@pytest.mark.parametrize("kind", CATALOGUES)
def test_unknown_name_is_answered_with_the_nearest(kind):
    catalogue = CATALOGUES[kind]
    name = next(iter(catalogue))

    with pytest.raises(ValueError, match=f"unknown {kind} '{name}x'[;.] .*Did you mean '{name}'"):
        catalogue.find(name + "x")
