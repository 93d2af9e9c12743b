"""A good scenario, and what can be wrong about it."""

import re

import pytest

from pbc_sim.errors import ScenarioError
from pbc_sim.scenario import parse_scenario

GOOD = """\
title: Two offices and paper
currency: EUR
world:
  start: 2022-01-01
  horizon: {months: 12}
  demand:
    units:
      north: {orders_per_business_day: 2}
      south: {orders_per_business_day: 1}
  items:
    paper: {price: 10, cost: 6}
  supply:
    lead_time: {gamma: {mean: 5, cv: 0.5}}
plans:
  usual:
    policy: {base_stock: {level: 40}}
contracts:
  plain:
    title: Plain
    kpis:
      accuracy: {measure: order_accuracy, target: {at_least: 0.99}}
      returns: {measure: return_rate, review: year, target: {below: 0.01}}
    incentives:
      - lump_sum: {kpi: accuracy, if_missed: -100}
    gate: {no_bonus_below: {accuracy: 0.98}}
baseline: plain
"""


def altered(old, new):
    """Return the good scenario with one piece replaced; "#!" marks the line that is wrong."""
    assert GOOD.count(old) == 1, f"{old!r} is not a single piece of the good scenario"
    return GOOD.replace(old, new)


def marked_line(text):
    """Return the number of the line marked with "#!"."""
    lines = text.splitlines()
    marked = [n for n, line in enumerate(lines, start=1) if line.endswith("#!")]
    assert len(marked) == 1, "mark exactly one line"
    return marked[0]


DEMAND = "  demand:\n    units:\n      north: {orders_per_business_day: 2}\n"
GAMMA = "    lead_time: {gamma: {mean: 5, cv: 0.5}}\n"
LEVEL = "    policy: {base_stock: {level: 40}}\n"
PAPER = "    paper: {price: 10, cost: 6}\n"
ACCURACY = "      accuracy: {measure: order_accuracy, target: {at_least: 0.99}}\n"
RETURNS = "      returns: {measure: return_rate, review: year, target: {below: 0.01}}\n"
LUMP = "      - lump_sum: {kpi: accuracy, if_missed: -100}\n"
GATE = "    gate: {no_bonus_below: {accuracy: 0.98}}\n"

#: What is wrong, the file, and what the message says beside the line.
BAD = {
    "unknown key at the top": (altered("plans:\n", "plan:  #!\n"), "Did you mean 'plans'?"),
    "unknown key in a section": (
        altered(PAPER, "    paper: {prize: 10, cost: 6}  #!\n"),
        "unknown key 'prize'",
    ),
    "unknown key, nearest one named": (
        altered(LUMP, "      - lump_sum: {kpi: accuracy, if_mised: -100}  #!\n"),
        "Did you mean 'if_missed'?",
    ),
    "wrong type: text for a number": (
        altered(PAPER, "    paper: {price: ten, cost: 6}  #!\n"),
        "must be a number >= 0 and <= 1e+15 currency, got 'ten' currency",
    ),
    "wrong type: number in quotes": (
        altered(PAPER, '    paper: {price: "10", cost: 6}  #!\n'),
        "got '10' currency",
    ),
    "wrong type: list for a section": (
        altered(GAMMA, "    lead_time: [5]  #!\n"),
        "must name one distribution",
    ),
    "wrong type: number for a section": (
        altered("  horizon: {months: 12}\n", "  horizon: 12  #!\n"),
        "must be a section with keys (months, days), got 12",
    ),
    "wrong type: mapping for text": (
        altered("title: Two offices and paper\n", "title: {a: 1}  #!\n"),
        "title",
    ),
    "wrong type: number for text": (
        altered("title: Two offices and paper\n", "title: 5  #!\n"),
        "title",
    ),
    "nothing for a section": (altered(GAMMA, "    lead_time:  #!\n"), "lead_time"),
    "not a number": (altered(PAPER, "    paper: {price: .nan, cost: 6}  #!\n"), "got nan"),
    "infinity": (altered(PAPER, "    paper: {price: .inf, cost: 6}  #!\n"), "got inf"),
    "minus infinity": (
        altered(LUMP, "      - lump_sum: {kpi: accuracy, if_missed: -.inf}  #!\n"),
        "-inf",
    ),
    "negative demand": (
        altered("{orders_per_business_day: 2}\n", "{orders_per_business_day: -2}  #!\n"),
        "must be a number >= 0 and <= 1e+09 order/business day, got -2",
    ),
    "minus one picker": (altered(LEVEL, LEVEL + "    pickers: -1  #!\n"), "got -1 person"),
    "floor above zero": (
        altered(LUMP, "      - per_point: {kpi: accuracy, rate: 1, floor: 5}  #!\n"),
        "<= 0 currency, got 5 currency",
    ),
    "points of no size": (
        altered(LUMP, "      - per_point: {kpi: accuracy, rate: 1, floor: -5, point: 0}  #!\n"),
        "must be a number > 0",
    ),
    "negative spread": (
        altered(GAMMA, "    lead_time: {gamma: {mean: 5, cv: -0.5}}  #!\n"),
        "must be a number > 0 and <= 20, got -0.5",
    ),
    "share of defects above one": (
        altered(
            PAPER,
            "    paper: {price: 9, cost: 6, lot_quality: {beta: {mean: 3, concentration: 9}}} #!\n",
        ),
        "got 3",
    ),
    "negative price": (altered(PAPER, "    paper: {price: -1, cost: 6}  #!\n"), "got -1 currency"),
    "1e308": (altered(PAPER, "    paper: {price: 1e308, cost: 6}  #!\n"), "got 1e+308"),
    "1e999": (altered(PAPER, "    paper: {price: 1e999, cost: 6}  #!\n"), "got inf"),
    "10**400": (
        altered(PAPER, f"    paper: {{price: {10**400}, cost: 6}}  #!\n"),
        "must be a number",
    ),
    "10**5000": (altered(PAPER, f"    paper: {{price: 1{'0' * 5000}, cost: 6}}  #!\n"), ""),
    "true for a number": (altered(PAPER, "    paper: {price: true, cost: 6}  #!\n"), "got True"),
    "true for a count": (altered("{months: 12}\n", "{months: true}  #!\n"), "got True"),
    "half a month": (altered("{months: 12}\n", "{months: 1.5}  #!\n"), "whole number"),
    "months and days": (altered("{months: 12}\n", "{months: 1, days: 3}  #!\n"), "not both"),
    "date that is none": (altered("2022-01-01\n", "2022-02-30  #!\n"), ""),
    "time for a date": (altered("2022-01-01\n", "2022-01-01 08:00:00  #!\n"), ""),
    "start at the end of all calendars": (altered("2022-01-01\n", "9999-12-01  #!\n"), ""),
    "duplicate key": (altered(PAPER, PAPER + "    paper: {price: 11, cost: 6}  #!\n"), "duplicate"),
    "duplicate key in braces": (
        altered(PAPER, "    paper: {price: 10, price: 10, cost: 6}  #!\n"),
        "duplicate",
    ),
    "duplicate section": (GOOD + "currency: IDR  #!\n", "duplicate"),
    "missing section": (
        altered("  supply:\n" + GAMMA, "").replace("world:\n", "world:  #!\n"),
        "world.supply: is missing; add it",
    ),
    "missing field": (altered(PAPER, "    paper: {cost: 6}  #!\n"), "price: is missing; add it"),
    "no units": (
        altered(DEMAND, "  demand:\n    units: {}  #!\n").replace(
            "      south: {orders_per_business_day: 1}\n", ""
        ),
        "units",
    ),
    "no plans": (altered("plans:\n  usual:\n" + LEVEL, "plans: {}  #!\n"), "plans"),
    "unknown KPI": (
        altered(
            ACCURACY, "      accuracy: {measure: order_acuracy, target: {at_least: 0.99}}  #!\n"
        ),
        "Did you mean 'order_accuracy'?",
    ),
    "unknown distribution": (
        altered(GAMMA, "    lead_time: {gama: {mean: 5}}  #!\n"),
        "Did you mean 'gamma'?",
    ),
    "two distributions": (
        altered(GAMMA, "    lead_time: {gamma: {mean: 5}, beta: {}}  #!\n"),
        "must name one distribution",
    ),
    "unknown policy": (
        altered(LEVEL, "    policy: {base_stok: {level: 40}}  #!\n"),
        "Did you mean 'base_stock'?",
    ),
    "unknown incentive": (
        altered(LUMP, "      - lump_sums: {kpi: accuracy}  #!\n"),
        "Did you mean 'lump_sum'?",
    ),
    "unknown payment scheme": (
        altered(GATE, GATE + "    payment: {fixed_fees: {per_period: 1}}  #!\n"),
        "Did you mean 'fixed_fee'?",
    ),
    "unknown event": (
        altered(LUMP, LUMP + "      - per_event: {event: returned_unit, amount: -1}  #!\n"),
        "Did you mean 'returned_units'?",
    ),
    "sourcing without sources": (
        altered(LEVEL, LEVEL + "    sourcing: {single_source: {source: near}}  #!\n"),
        "plans.usual.sourcing: needs sources to choose from; add them as world.supply.sources",
    ),
    "item that the catalogue has not": (
        altered(LEVEL, LEVEL + "    items:\n      papr: {base_stock: {level: 4}}  #!\n"),
        "Did you mean 'paper'?",
    ),
    "baseline that is no contract": (
        altered("baseline: plain\n", "baseline: plane  #!\n"),
        "Did you mean 'plain'?",
    ),
    "target in the wrong direction": (
        altered(RETURNS, "      returns: {measure: return_rate, target: {at_least: 0.01}}  #!\n"),
        "wrong direction: lower is better, so use at_most or below",
    ),
    "target out of bounds": (
        altered(
            ACCURACY, "      accuracy: {measure: order_accuracy, target: {at_least: 99}}  #!\n"
        ),
        "must lie within 0 and 1, got 99",
    ),
    "two targets": (
        altered(
            ACCURACY,
            "      accuracy: {measure: order_accuracy, target: {at_least: 0.9, above: 0.9}}  #!\n",
        ),
        "exactly one of at_least, above, at_most and below",
    ),
    "incentive level that misses the target": (
        altered(
            ACCURACY,
            ACCURACY.replace("0.99}}", "0.9}, incentive_level: 0.8}  #!"),
        ),
        "incentive_level must meet the target (at least 0.9), got 0.8",
    ),
    "KPI without what it needs": (
        altered(
            ACCURACY,
            ACCURACY + "      late: {measure: on_time_share, target: {at_least: 0.9}}  #!\n",
        ),
        "needs 'limit'",
    ),
    "KPI with what it does not take": (
        altered(
            ACCURACY,
            ACCURACY.replace("0.99}}", "0.99}, limit: {business_days: 2}}  #!"),
        ),
        "has no setting 'limit'",
    ),
    "review more often than payment": (
        altered(
            RETURNS,
            "      returns: {measure: return_rate, review: month, target: {below: 0.01}}  #!\n",
        ).replace("    title: Plain\n", "    title: Plain\n    term: {review: quarter}\n"),
        "reviewed per month, but payment is per quarter",
    ),
    "incentive on a KPI that is not agreed": (
        altered(LUMP, "      - lump_sum: {kpi: acuracy, if_missed: -100}  #!\n"),
        "Did you mean 'accuracy'?",
    ),
    "gate on a KPI that is not agreed": (
        altered(GATE, "    gate: {no_bonus_below: {fulfilment: 0.98}}  #!\n"),
        "unknown KPI of this contract 'fulfilment'",
    ),
    "bonus without its level": (
        altered(LUMP, "      - lump_sum: {kpi: accuracy, if_exceeded: 100}  #!\n"),
        "needs an incentive_level",
    ),
    "term longer than the horizon": (
        altered("    title: Plain\n", "    title: Plain\n    term: {months: 13}  #!\n"),
        "shorten the term or lengthen world.horizon",
    ),
    "cap without a size": (
        altered(GATE, GATE + "    limits: {bonus: {per: period}}  #!\n"),
        "either",
    ),
    "shares beyond one": (
        altered(
            GATE,
            GATE + "    payment: {milestones: {tranches: [{share: 0.9, when: signing}]}}  #!\n",
        ),
        "sum to 1",
    ),
    "discrete chances beyond one": (
        altered(
            PAPER,
            "    paper: {price: 9, cost: 6, quantity: {discrete: {chances: {1: 0.5, 2: .6}}}} #!\n",
        ),
        "sum to 1, got 1.1",
    ),
    "country that is none": (
        altered("  demand:\n", "  calendar: {country: QQ}  #!\n  demand:\n"),
        "country 'QQ'",
    ),
    "hours that end before they begin": (
        altered("  demand:\n", '  calendar: {opens: "16:00", closes: "08:00"}  #!\n  demand:\n'),
        "closes must be later than opens",
    ),
    "currency that is none": (altered("currency: EUR\n", "currency: euro  #!\n"), "currency"),
    "ten to the nine orders": (
        altered(
            DEMAND,
            "  demand:  #!\n    units:\n      north: {orders_per_business_day: 1000000000}\n",
        ),
        "lower orders_per_business_day or the horizon",
    ),
    "name with a control character": (
        altered(PAPER, '    "pa\\x1b[31mper": {price: 10, cost: 6}  #!\n'),
        "",
    ),
    "name with a line break": (altered(PAPER, '    "pa\\nper": {price: 10, cost: 6}  #!\n'), ""),
    "name that is a path": (altered("  plain:\n", "  ../plain:  #!\n"), ""),
    "name that is a number": (altered(PAPER, "    4: {price: 10, cost: 6}  #!\n"), ""),
    "title with a control character": (
        altered("title: Two offices and paper\n", 'title: "a\\x1b[31mb"  #!\n'),
        "",
    ),
    "tab instead of spaces": (altered(PAPER, "\t\tpaper: {price: 10, cost: 6}  #!\n"), ""),
    "anchor": (altered(PAPER, "    paper: &p {price: 10, cost: 6}  #!\n"), "anchors and aliases"),
    "alias": (altered(PAPER, "    paper: *p  #!\n"), "anchors and aliases"),
    "tag that builds an object": (
        altered(PAPER, "    paper: !!python/object:os.system {price: 10}  #!\n"),
        "",
    ),
    "tag that calls": (altered(PAPER, "    paper: !!python/object/apply:os.getcwd []  #!\n"), ""),
    "tag of one's own": (altered(PAPER, "    paper: !mine {price: 10, cost: 6}  #!\n"), ""),
    "5000 nested brackets": (altered(PAPER, f"    paper: {'[' * 5000}  #!\n"), "levels"),
    "5000 nested braces": (altered(PAPER, f"    paper: {'{a: ' * 5000}  #!\n"), "levels"),
    "33 levels of indentation": (
        "".join(f"{'  ' * n}a:{'  #!' if n == 32 else ''}\n" for n in range(40)),
        "levels",
    ),
    "60,000 values": (GOOD + "description: [" + "1, " * 60_000 + "]  #!\n", "values"),
    "bracket that is never closed": (
        altered(PAPER, "    paper: [1, 2\n").replace("  supply:\n", "  supply:  #!\n"),
        "",
    ),
    "second document": (GOOD + "---  #!\ntitle: b\n", "remove the line '---'"),
    "points as separators": (
        altered(PAPER, "    paper: {price: 250.000.000, cost: 6}  #!\n"),
        "got '250.000.000' currency; write it without separators",
    ),
    "a point between thousands": (
        altered(PAPER, "    paper: {price: 90.000, cost: 6}  #!\n"),
        "90.000 may be meant as 90 or as 90000; write which, as 90 or 90000.",
    ),
    "a decimal comma in braces": (
        altered(PAPER, "    paper: {price: 10, cost: 6, popularity: 0,5}  #!\n"),
        "Is it a decimal comma? Write a point, as 0.001.",
    ),
    "a contract and no scenario": (
        "title: Fee  #!\npayment: {fixed_fee: {per_period: 1500}}\n",
        "this is a contract and no scenario; put it into the file of one",
    ),
    "no space after the colon": (
        altered("currency: EUR\n", "currency:EUR\n").replace("world:\n", "world:  #!\n"),
        "write a space after each colon",
    ),
    "key that is a list": (
        altered("  items:\n" + PAPER, "  items:\n    ? [a, b]  #!\n    : {price: 10, cost: 6}\n"),
        "a single word",
    ),
    "plain text": ("hello  #!\n", "must be a mapping of sections"),
    "list": ("- a  #!\n", "must be a mapping of sections"),
    "null character": (altered("Two offices and paper\n", "Two offi\x00ces  #!\n"), ""),
    "plan of a reserved name": (
        altered("plans:\n", "plans:\n  best: {policy: {base_stock: {level: 4}}}  #!\n"),
        "give the plan another name",
    ),
    "gate where the KPI cannot be": (
        altered(GATE, "    gate: {no_bonus_below: {accuracy: 98}}  #!\n"),
        "must lie within 0 and 1, got 98; 98% is written 0.98",
    ),
    "curve where the KPI cannot be": (
        altered(
            LUMP,
            "      - payment_curve: {kpi: accuracy, at_risk: 0.1, points: {0.9: 0, 99: 1}}  #!\n",
        ),
        "must lie within 0 and 1, got 99",
    ),
    "tier where the KPI cannot be": (
        altered(LUMP, "      - step_tiers: {kpi: accuracy, tiers: {99: 0.1}}  #!\n"),
        "must lie within 0 and 1, got 99",
    ),
    "cap with a share a contract": (
        altered(GATE, GATE + "    limits: {bonus: {share: 0.1, per: contract}}  #!\n"),
        "per does not go with a share",
    ),
    "cap with an amount of something": (
        altered(GATE, GATE + "    limits: {bonus: {amount: 5, of: contract_value}}  #!\n"),
        "of does not go with an amount",
    ),
    "sample of a total": (
        altered(
            ACCURACY,
            "      accuracy: {measure: wrong_lines, target: {at_most: 5}, min_sample: 3}  #!\n",
        ),
        "is a total, and known if nothing happens too; leave min_sample out",
    ),
    "half units": (
        altered(PAPER, "    paper: {price: 10, cost: 6, quantity: {gamma: {mean: 2}}}  #!\n"),
        "must be a law of whole numbers",
    ),
    "half a unit": (
        altered(PAPER, "    paper: {price: 10, cost: 6, quantity: 2.5}  #!\n"),
        "or a whole constant; got constant",
    ),
    "no unit is sound": (
        altered(PAPER, "    paper: {price: 10, cost: 6, lot_quality: 1}  #!\n"),
        "leaves no unit sound",
    ),
    "lots beyond one": (
        altered(GAMMA, GAMMA + "    lot_quality: {gamma: {mean: 0.1}}  #!\n"),
        "must stay within 0 and 1",
    ),
    "holidays that the country does not have": (
        altered("  demand:\n", "  calendar: {country: ID, holidays: [goverment]}  #!\n  demand:\n"),
        "Did you mean 'government'?",
    ),
    "half a day of warm-up": (
        altered("  horizon: {months: 12}\n", "  horizon: {months: 12}\n  warm_up_days: 0.5  #!\n"),
        "must be whole days",
    ),
    "stock looked at every second": (
        altered(DEMAND, DEMAND.replace("  demand:\n", "  demand:  #!\n")).replace(
            LEVEL,
            "    policy: {periodic_order_up_to: {order_up_to_level: 9, review_days: 0.00001}}\n",
        ),
        "lengthen the review_days",
    ),
}


def refusal(text, name="story.yaml"):
    """Return the message with which a scenario text is refused."""
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, name=name)
    return str(caught.value)


def is_one_sentence(message):
    """Hold a message to what every message promises."""
    assert message.endswith((".", "?", ".)")), message
    assert not re.search(r"[\x00-\x1f\x7f]", message), repr(message)
    assert "pydantic" not in message
    assert not message.endswith(".."), message
    assert len(message) < 1500, len(message)
