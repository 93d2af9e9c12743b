"""How would one write the office supplies in SimPy, without a care for speed?

Lives here: the shipped scenario of office supplies, all its rules, written as tutorials of SimPy
do: a process an order, a parcel and a replenishment, `Container` for stock, draws as they are
needed, dictionaries as records, and loops for the KPIs and costs of a year. Its luck is not that of
the package, so its figures agree with ours as two samples do, but for late units: a `Container`
gives a line that waits all its units at once, where ours sends what is there. Run
`python benchmarks/naive_office.py` for both. May not live here: any code of the package's model;
only its calendar is used.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import simpy

from pbc_sim.decision import run
from pbc_sim.operations.plans import SupplierPlan
from pbc_sim.scenario import Scenario, load_scenario

__all__ = ["naive_year"]

SCENARIO = Path(__file__).resolve().parents[1] / "scenarios" / "office_supplies.yaml"


class Office:
    """One year of office supplies under one plan."""

    def __init__(self, scenario: Scenario, plan: SupplierPlan, seed: int) -> None:
        self.terms, self.setting, self.plan = scenario.world, scenario.setting, plan
        self.rates, self.calendar = scenario.costs, scenario.setting.calendar
        self.luck, self.env = random.Random(seed), simpy.Environment()
        self.pickers = simpy.Resource(self.env, plan.pickers or 1)
        self.items = list(self.terms.items.values())
        self.levels = [policy.opening_stock() for policy in plan.policies(self.setting)]
        self.stock = [simpy.Container(self.env, init=level) for level in self.levels]
        self.on_order = [0] * len(self.items)
        self.waiting = [0] * len(self.items)
        self.shelves: list[list[bool]] = [[] for _ in self.items]
        self.last_arrival = [0.0] * len(self.items)
        self.conditions: dict[tuple[int, int], float] = {}
        self.lines: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        self.returns: list[dict[str, Any]] = []
        self.shipments: list[dict[str, Any]] = []
        self.replenishments: list[dict[str, Any]] = []
        self.stock_log: list[tuple[float, int, float]] = []
        self.orders: list[dict[str, Any]] = []

    # Chance ---------------------------------------------------------------------------------

    def gamma(self, law: Any) -> float:
        """Draw from a gamma law."""
        return self.luck.gammavariate(law.cv**-2, law.mean * law.cv**2)

    def count(self, law: Any) -> int:
        """Draw from a Poisson or negative binomial law, as the mixture that it is."""
        at_least = int(law.at_least)
        mean = law.mean - at_least
        ratio = getattr(law, "variance_ratio", None)
        if ratio:
            mean = self.luck.gammavariate(mean / (ratio - 1), ratio - 1)
        left, number = self.luck.expovariate(1.0), 0
        while left < mean:
            number += 1
            left += self.luck.expovariate(1.0)
        return at_least + number

    def quality(self, item: int) -> float:
        """Draw the defective share of a lot."""
        law = self.terms.lot_quality(self.items[item])
        first = law.mean * law.concentration
        return self.luck.betavariate(first, law.concentration - first)

    # Upstream -------------------------------------------------------------------------------

    def shelve(self, item: int, units: int, inspects: bool) -> int:
        """Put a lot on the shelf, unit by unit."""
        share, found, kept = self.quality(item), 0, 0
        inspected = self.plan.goods_in_inspection.of_units if inspects else 0.0
        finds = self.terms.supply.inspection_finds_share
        for _ in range(units):
            defective = self.luck.random() < share
            if self.luck.random() < inspected:
                found += 1
                if defective and self.luck.random() < finds:
                    continue
            self.shelves[item].append(defective)
            kept += 1
        if inspects:
            self.replenishments[-1]["inspected"] = found
        return kept

    def review(self, item: int, level: int, every: float) -> Any:
        """Order up to the level, every so many days."""
        while True:
            position = self.stock[item].level + self.on_order[item] - self.waiting[item]
            if position < level:
                self.env.process(self.replenish(item, int(level - position)))
            yield self.env.timeout(every)

    def replenish(self, item: int, units: int) -> Any:
        """Wait for a lot and put it on the shelf."""
        self.on_order[item] += units
        ordered, supply = self.env.now, self.terms.supply
        spell = (item, int(ordered // supply.conditions_last_days))
        if spell not in self.conditions:
            self.conditions[spell] = self.gamma(self.terms.lead_time(self.items[item]))
        arrival = max(self.last_arrival[item], ordered + self.conditions[spell])
        self.last_arrival[item] = arrival
        yield self.env.timeout(arrival - ordered)
        record = {"item": item, "units": units, "ordered": ordered, "arrived": self.env.now}
        self.replenishments.append(record)
        self.on_order[item] -= units
        kept = self.shelve(item, units, inspects=True)
        record["kept"] = kept
        if kept:
            yield self.stock[item].put(kept)
        self.log_stock(item)

    def log_stock(self, item: int) -> None:
        """Note the stock of an item."""
        self.stock_log.append((self.env.now, item, self.stock[item].level))

    # Orders ---------------------------------------------------------------------------------

    def ordering(self, unit: int) -> Any:
        """Place a unit's orders as the intensity of working time says."""
        row, reached = self.setting.intensity[unit], 0.0
        while True:
            reached += self.luck.expovariate(1.0)
            if reached >= row[-1]:
                return
            day = next(n for n, expected in enumerate(row) if expected >= reached)
            before = row[day - 1] if day else 0.0
            opens, closes = self.calendar.opens[day], self.calendar.closes[day]
            when = opens + (reached - before) / (row[day] - before) * (closes - opens)
            yield self.env.timeout(max(when - self.env.now, 0.0))
            self.env.process(self.order(unit))

    def order(self, unit: int) -> Any:
        """Allocate each line; each is served by a process, and what is there goes together."""
        order = {"order": len(self.orders), "unit": unit, "placed": self.env.now, "open": 0}
        self.orders.append(order)
        ready: list[dict[str, Any]] = []
        weights = [item.popularity for item in self.items]
        for _ in range(self.count(self.terms.demand.lines_per_order)):
            item = self.luck.choices(range(len(self.items)), weights)[0]
            units = self.count(self.items[item].quantity)
            line = {"order": order, "item": item, "units": units, "placed": self.env.now}
            line |= {"came": 0, "delivered": None, "wrong": False, "parts": []}
            self.lines.append(line)
            taken = min(units, int(self.stock[item].level))
            if taken:
                yield self.stock[item].get(taken)
                self.log_stock(item)
                ready.append({"line": line, "units": taken, "replaces": False})
            if taken < units:
                self.waiting[item] += units - taken
                self.env.process(self.wait(line, units - taken, replaces=False))
        if ready:
            yield self.env.process(self.send(order, ready))

    def wait(self, line: dict[str, Any], units: int, replaces: bool) -> Any:
        """Wait for units that are not there, and send them when they are."""
        item = line["item"]
        yield self.stock[item].get(units)
        self.waiting[item] -= units
        self.log_stock(item)
        parcel = {"line": line, "units": units, "replaces": replaces}
        yield self.env.process(self.send(line["order"], [parcel]))

    def send(self, order: dict[str, Any], parcels: list[dict[str, Any]]) -> Any:
        """Pick, check and pack parcels, and let them travel."""
        picking, hours, checked = self.terms.picking, 0.0, 0
        for parcel in parcels:
            hours += self.gamma(picking.hours_per_line)
            shelf, units = self.shelves[parcel["line"]["item"]], parcel["units"]
            parcel["units_on_it"] = [shelf.pop(0) for _ in range(min(units, len(shelf)))]
            is_checked = self.luck.random() < self.plan.pick_check
            checked += is_checked
            hours += picking.check_hours_per_line * is_checked
            error = self.luck.random() < picking.error_share
            if error and is_checked and self.luck.random() < picking.check_finds_share:
                error = False
            parcel["wrong"] = 1 + int(self.luck.random() * units) if error else 0
        with self.pickers.request() as turn:
            yield turn
            worked = self.calendar.worked_at(self.env.now) + hours / self.calendar.hours_per_day
            yield self.env.timeout(max(self.time_of(worked) - self.env.now, 0.0))
        transport, express = self.terms.transport, False
        if self.plan.expedite_after is not None:
            express = self.plan.expedite_after.has_passed(
                self.calendar, order["placed"], self.env.now
            )
        days = self.gamma(transport.time) * (transport.express_factor if express else 1)
        self.shipments.append(
            {"dispatched": self.env.now, "lines": len(parcels), "checked": checked,
             "express": express}
        )  # fmt: skip
        arrival = self.time_of(self.calendar.worked_at(self.env.now) + days)
        yield self.env.timeout(max(arrival - self.env.now, 0.0))
        for parcel in parcels:
            self.receive(parcel)

    def time_of(self, worked: float) -> float:
        """Return when that much working time has passed."""
        return self.calendar.after(0.0, worked)

    def receive(self, parcel: dict[str, Any]) -> None:
        """Receive a parcel, and reject what is wrong or found defective."""
        line, now, units = parcel["line"], self.env.now, parcel["units"]
        rest = parcel["units_on_it"][parcel["wrong"] :]
        defective = sum(rest)
        receipt = self.terms.receipt
        found = defective if self.luck.random() < receipt.inspection_share else 0
        record = {"line": line, "received": now, "units": units, "wrong": parcel["wrong"]}
        record |= {"defective": found, "replaces": parcel["replaces"]}
        wrong_notes = self.terms.picking.documentation_error_share
        record["documents_wrong"] = self.luck.random() < wrong_notes
        self.deliveries.append(record)
        if not parcel["replaces"]:
            line["came"] += units
            line["wrong"] |= parcel["wrong"] > 0
            line["parts"].append((now, units))
            if line["came"] == line["units"]:
                line["delivered"] = now
        if parcel["wrong"]:
            back = parcel["units_on_it"][: parcel["wrong"]]
            self.env.process(self.send_back(line, back))
            self.reject(line, parcel["wrong"], "wrong")
        if found:
            self.reject(line, found, "defective")
        if defective - found:
            self.env.process(self.find_in_use(line, defective - found))

    def send_back(self, line: dict[str, Any], units: list[bool]) -> Any:
        """Put wrong units back on the shelf when they have come back."""
        yield self.env.timeout(self.gamma(self.terms.receipt.return_time))
        self.shelves[line["item"]].extend(units)
        yield self.stock[line["item"]].put(len(units))
        self.log_stock(line["item"])

    def find_in_use(self, line: dict[str, Any], units: int) -> Any:
        """Find defects after a while."""
        yield self.env.timeout(self.gamma(self.terms.receipt.found_in_use_after))
        self.reject(line, units, "in use")

    def reject(self, line: dict[str, Any], units: int, reason: str) -> None:
        """Write a return down and wait for a replacement."""
        self.returns.append({"found": self.env.now, "line": line, "units": units, "reason": reason})
        self.waiting[line["item"]] += units
        self.env.process(self.wait(line, units, replaces=True))

    # A year ---------------------------------------------------------------------------------

    def run(self) -> dict[str, Any]:
        """Simulate the year, and return its KPIs by month and its costs."""
        policies = self.plan.policies(self.setting)
        for item, policy in enumerate(policies):
            self.shelve(item, self.levels[item], inspects=False)
            level = policy.order_up_to_level.units
            self.env.process(self.review(item, level, policy.review_every_days))
            self.log_stock(item)
        for unit in range(len(self.setting.unit_names)):
            self.env.process(self.ordering(unit))
        self.env.run(until=self.setting.ends)
        return self.measure()

    def measure(self) -> dict[str, Any]:
        """Measure what the contracts of the scenario ask for."""
        ends, calendar = self.setting.ends, self.calendar
        edges = list(calendar.month_ends(0.0, range(13)))
        due: list[float] = []
        for order in self.orders:
            worked = (
                calendar.worked_at(order["placed"]) + self.rates.buyer.needed_within.business_days
            )
            due.append(max(order["placed"], self.time_of(worked)))
            order["arrived"] = 0.0
        for line in self.lines:
            arrived = line["delivered"] or float("inf")
            line["order"]["arrived"] = max(line["order"]["arrived"], arrived)
        late_days = late_value = 0.0
        for line in self.lines:
            since, price = due[line["order"]["order"]], self.items[line["item"]].price
            parts = [*line["parts"], (ends, line["units"] - line["came"])]
            for when, units in parts:
                if units and when > since:
                    late_days += units * (when - since)
                    late_value += units * price * min(when - since, 50)
        months = []
        for begin, end in itertools.pairwise(edges):
            falls = [o for o, d in zip(self.orders, due, strict=True) if begin <= d < end]
            met = [o for o in falls if o["arrived"] <= due[o["order"]]]
            came = [n for n in self.lines if n["delivered"] and begin <= n["delivered"] < end]
            units = [d["units"] for d in self.deliveries if begin <= d["received"] < end]
            back = [r["units"] for r in self.returns if begin <= r["found"] < end]
            value = sum(
                (d["units"] - d["wrong"] - d["defective"]) * self.items[d["line"]["item"]].price
                for d in self.deliveries
                if begin <= d["received"] < end
            )
            months.append(
                {"due": len(falls), "on_time": len(met), "lines": len(came),
                 "accurate": sum(not n["wrong"] for n in came), "units": sum(units),
                 "returned": sum(back), "value": value}
            )  # fmt: skip
        return {"months": months, "costs": self.costs(late_days), "late_value": late_value}

    def costs(self, late_days: float) -> dict[str, float]:
        """Add up what the year cost both parties."""
        supplier, buyer = self.rates.supplier, self.rates.buyer
        bought = sum(r["units"] * self.items[r["item"]].cost for r in self.replenishments)
        held, last = 0.0, dict.fromkeys(range(len(self.items)), (0.0, 0.0))
        for when, item, level in [*self.stock_log, *((self.setting.ends, i, 0) for i in last)]:
            since, before = last[item]
            held += before * (when - since) * self.items[item].cost
            last[item] = (when, level)
        returned = sum(r["units"] for r in self.returns)
        return {
            "purchase": bought,
            "holding": supplier.holding_share_per_year / 365.25 * held,
            "ordering": supplier.per_replenishment * len(self.replenishments),
            "inspection": supplier.inspection_per_unit
            * sum(r.get("inspected", 0) for r in self.replenishments)
            + supplier.check_per_line * sum(s["checked"] for s in self.shipments),
            "transport": supplier.per_shipment * len(self.shipments),
            "expediting": supplier.express_surcharge * sum(s["express"] for s in self.shipments),
            "returns": supplier.per_returned_unit * returned,
            "late units": buyer.per_late_unit_day * late_days,
            "returns handling": buyer.per_returned_unit * returned,
            "defects in use": buyer.per_defect_in_use
            * sum(r["units"] for r in self.returns if r["reason"] == "in use"),
        }


def naive_year(scenario: Scenario, plan: str, seed: int) -> dict[str, Any]:
    """Simulate one year of a plan, and return KPIs by month and costs [currency]."""
    return Office(scenario, scenario.plans[plan], seed).run()


def main() -> None:
    """Print what both say of the same year."""
    scenario, years = load_scenario(SCENARIO), 40
    outcomes = run(scenario, 200, progress=False, workers=1)
    for plan in scenario.plans:
        naive = [naive_year(scenario, plan, seed) for seed in range(years)]
        print(plan)
        for share, part, whole in (("on_time_share", "on_time", "due"),
                                   ("order_accuracy", "accurate", "lines"),
                                   ("return_rate", "returned", "units")):  # fmt: skip
            ratio = sum(m[part] for y in naive for m in y["months"]) / sum(
                m[whole] for y in naive for m in y["months"]
            )
            m = next(m for m in outcomes.scores.measured if m.kpi == share)
            p = outcomes.scores.plans.index(plan)
            ours = outcomes.scores.measured[m][0, p].sum() / outcomes.scores.measured[m][1, p].sum()
            print(f"  {share:15} naive {ratio:.4f}, ours {ours:.4f}")
        for line in ("purchase", "holding", "late units", "returns handling"):
            mean = sum(y["costs"][line] for y in naive) / years
            name = line.replace(" ", "_")
            ours = float(outcomes.costs.sel(plan=plan, line=name).mean())
            print(f"  {line:15} naive {mean:,.0f}, ours {ours:,.0f}")


if __name__ == "__main__":
    main()
