"""A record of a real contract is read as it was written, or answered by row, column and rule."""

import inspect

import numpy as np
import pytest

import pbc_sim as pbc
from pbc_sim.decision.monitoring import monitor
from pbc_sim.errors import PbcError
from pbc_sim.history import read_record, record_of, require_recorded
from pbc_sim.history.record import FILLED, OF_THE_SHELF
from pbc_sim.language import speaking
from pbc_sim.operations import simulate
from pbc_sim.performance.measures import KPIS
from pbc_sim.world import draw_world

HEAD = "order,ordered,unit,item,quantity,delivered,wrong,defective,replacement,failed,failed_on"


@pytest.fixture(scope="module")
def scenario():
    return pbc.load_scenario("scenarios/office_supplies.yaml")


def table(*rows, head=HEAD):
    return "\n".join((head, *rows))


def read(scenario, *rows, head=HEAD):
    return read_record(table(*rows, head=head), "orders.csv", scenario.setting)


def test_what_is_written_of_a_simulated_term_reads_back_as_the_same_term(scenario):
    lived = simulate(draw_world(scenario.setting, 1, 0), scenario.plans["as_usual"])

    record = read_record(record_of(lived), "orders.csv", scenario.setting)

    watched = {
        name: monitor(scenario, "pbc_2022", "as_usual", futures=20, ledger=ledger)
        for name, ledger in {"simulated": lived, "recorded": record.ledger}.items()
    }
    last = len(watched["simulated"].weeks)
    for week in (10, 30, last):
        one, same = (watch.at(week) for watch in watched.values())
        for kpi, again in zip(one.kpis, same.kpis, strict=True):
            # A record is written to the second.
            np.testing.assert_allclose(kpi.value, again.value, atol=1e-9)
        np.testing.assert_allclose(one.settled.total, same.settled.total)
        np.testing.assert_array_equal(one.weekly["returns"], same.weekly["returns"])
        np.testing.assert_array_equal(one.units["open"], same.units["open"])


def test_rows_of_one_order_and_item_are_one_line_that_came_in_parts(scenario):
    ledger = read(
        scenario,
        "A1,2022-01-03 09:00,health,paper_a4,6,2022-01-04 09:00,1,,no,,",
        "A1,2022-01-03 09:00,Dinas Kesehatan,Kertas A4,4,2022-01-05,,,,,",
        "A1,2022-01-03 09:00,health,A4 paper,1,2022-01-06,,,ya,,",
        "A2,2022-01-10,health,folder,3,,,,,,",
    ).ledger

    assert ledger.lines.quantity.tolist() == [10, 3]
    assert ledger.lines.delivered.tolist() == [4.5, np.inf]
    assert ledger.lines.accepted.tolist() == [5.5, np.inf]
    assert ledger.deliveries.units.tolist() == [6, 4, 1]
    assert ledger.returns.units.tolist() == [1]
    assert ledger.orders.placed.tolist() == [2 + 9 / 24, 9.5]


def test_what_fails_in_use_goes_back_on_its_day(scenario):
    record = read(scenario, "1,2022-01-03,health,folder,5,2022-01-05,,,,2,2022-02-01")

    assert record.ledger.returns.found.tolist() == [31.5]
    assert record.ledger.lines.accepted.tolist() == [4.5]
    assert record.until == 31.5


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_may_be_separated_as_the_spreadsheet_does(scenario, separator):
    text = table("1,2022-01-03,health,folder,5,2022-01-05,,,,,").replace(",", separator)

    assert len(read_record("\ufeff" + text, "a.csv", scenario.setting).ledger.orders) == 1


GOOD = {
    "order": "1",
    "ordered": "2022-01-03",
    "unit": "health",
    "item": "folder",
    "quantity": "5",
    "delivered": "2022-01-05",
    "wrong": "",
    "defective": "",
    "replacement": "",
    "failed": "",
    "failed_on": "",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"order": ""}, "row 2, column 'order': must not be empty"),
        ({"ordered": "3/1/2022"}, "row 2, column 'ordered': must be a date, as 2022-01-31"),
        ({"ordered": "2022-02-30"}, "'ordered': must be a date"),
        ({"ordered": ""}, "'ordered': must be a date, as 2022-01-31 or 2022-01-31 14:30, got"),
        ({"ordered": "2024-01-03"}, "must lie in the term of the scenario, 2022-01-01 to 2022-12"),
        ({"delivered": "2022-01-02"}, "'delivered': must not lie before 'ordered', 2022-01-03"),
        ({"unit": "helth"}, "row 2: unknown ordering unit 'helth'; known: archives, city_"),
        ({"item": "foldr"}, "Did you mean 'folder'?"),
        ({"quantity": "0"}, "'quantity': must be a whole number of units from 1 on, got '0'"),
        ({"quantity": "2.5"}, "got '2.5'"),
        ({"wrong": "-1"}, "'wrong': must be a whole number of units from 0 on, got '-1'"),
        ({"wrong": "6"}, "wrong, defective and failed units are 6 together, more than came: 5"),
        ({"wrong": "1", "delivered": ""}, "says that units came, but 'delivered' is empty"),
        ({"failed": "1"}, "'failed_on': must be a date"),
        ({"failed": "1", "failed_on": "2022-01-04"}, "must not lie before 'delivered'"),
        ({"replacement": "perhaps"}, "'replacement': must be yes or no, got 'perhaps'"),
        ({"replacement": "yes", "delivered": ""}, "needs a row once it has come"),
        ({"replacement": "yes"}, "row 2: it replaces units of a line that has no row of its own"),
    ],
)
def test_a_wrong_cell_is_answered_by_row_column_and_rule(scenario, changed, said):
    with pytest.raises(PbcError) as refused:
        read(scenario, ",".join((GOOD | changed).values()))

    message = str(refused.value)
    assert message.startswith("orders.csv, row 2")
    assert said in message
    with speaking("id"), pytest.raises(PbcError) as refused:
        read(scenario, ",".join((GOOD | changed).values()))
    assert str(refused.value) != message
    assert "baris 2" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the first row must name the columns order, ordered, item, quantity, delivered"),
        ("order,ordered,item,quantity", "delivered is missing"),
        (HEAD.replace("wrong", "wrnog"), "unknown column 'wrnog'"),
        (f"{HEAD},wrong", "the column 'wrong' stands twice"),
        (HEAD, "there is no order in it"),
        (f'{HEAD}\n"1,2022', "is no table that can be read"),
        (f"{HEAD}\n{',' * 11}x", "row 2 has 12 cells, but the first row names 11 columns"),
        (
            table(
                "1,2022-01-03,health,folder,5,2022-01-05,,,,,",
                "1,2022-01-04,health,binder,5,2022-01-05,,,,,",
            ),
            "row 3: order 1 has another unit or time of ordering than in orders.csv, row 2",
        ),
        (
            table(
                "1,2022-01-03,health,folder,5,2022-01-05,1,,,,",
                "1,2022-01-03,health,folder,2,2022-01-06,,,yes,,",
            ),
            "2 units of this line are replacements, but only 1 were wrong",
        ),
    ],
)
def test_a_table_that_does_not_hold_together_is_refused(scenario, text, said):
    with pytest.raises(PbcError) as refused:
        read_record(text, "orders.csv", scenario.setting)

    assert said in str(refused.value)


def test_a_contract_that_asks_for_other_facts_is_refused(scenario):
    require_recorded(scenario.contracts["pbc_2022"])
    devices = pbc.load_scenario("scenarios/medical_devices.yaml")
    asks = next(c for c in devices.contracts.values() if c.incentives)

    with pytest.raises(PbcError, match="which is not read from orders, deliveries and returns"):
        require_recorded(asks)


def test_kpis_of_the_shelf_are_known_to_be_beyond_a_record():
    of_orders = {name: kpi for name, kpi in KPIS.items() if set(kpi.data) <= FILLED}
    of_the_shelf = {
        name for name, kpi in of_orders.items() if "filled_at_once" in inspect.getsource(kpi.facts)
    }

    assert of_the_shelf == OF_THE_SHELF
