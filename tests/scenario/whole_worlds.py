"""What may a scenario say, with every feature on or off at random.

Lives here: strategies that build whole scenarios as plain values, small enough to run quickly.
May not live here: what must hold of them.
"""

import datetime as dt

from hypothesis import strategies as st

from pbc_sim.performance import KPIS

START = dt.date(2024, 1, 1)
ITEMS = ("pump", "seal", "paper")
PARTS = ("pump", "seal")
UNITS = ("plant", "office")
GROUPS = ("press", "robot")
SOURCES = ("far", "near")


def one_of(*values):
    return st.sampled_from(values)


def some(required=None, **optional):
    """Build a section in which each optional key stands or not."""
    return st.fixed_dictionaries(required or {}, optional=optional)


def named(name, **fields):
    """Build ``{name: terms}``, all terms drawn."""
    return st.fixed_dictionaries({name: st.fixed_dictionaries(fields)})


shares = one_of(0.0, 0.1, 0.4)
times = st.one_of(
    one_of(0, 0.25, 2),
    named("exponential", mean=one_of(0.3, 3)),
    named("gamma", mean=one_of(0.5, 4), cv=one_of(0.5, 1.5)),
    named("uniform", low=st.just(0.0), high=one_of(1, 5)),
)
some_time = st.one_of(one_of(0.5, 3), named("exponential", mean=one_of(1, 6)))
hours = st.one_of(one_of(0, 2), named("gamma", mean=one_of(1, 6), cv=st.just(0.5)))
lives = st.one_of(
    one_of(90, 250),
    named("exponential", mean=one_of(60, 300)),
    named("weibull", scale=one_of(80, 300), shape=one_of(0.8, 2)),
)
quantities = st.one_of(
    one_of(1, 3),
    named("poisson", mean=st.just(2)),
    named("geometric", mean=st.just(3)),
    st.just({"discrete": {"chances": {0: 0.5, 4: 0.5}}}),
)
qualities = st.one_of(shares, st.just({"beta": {"mean": 0.15, "concentration": 5}}))
durations = one_of({"business_days": 1}, {"calendar_days": 2}, {"hours": 6})

dates = st.integers(0, 11).map(lambda day: START + dt.timedelta(days=day))


def spans(**fields):
    """Build a span of days, with further fields."""
    return st.builds(
        lambda first, length, rest: {
            "first_day": first,
            "last_day": first + dt.timedelta(days=length),
            **rest,
        },
        dates,
        st.integers(0, 6),
        some(**fields),
    )


units = st.fixed_dictionaries(
    {
        "plant": some({"orders_per_business_day": one_of(0, 0.5, 2)}, urgent=st.booleans()),
        "office": some({"orders_per_business_day": one_of(0.3, 3)}, urgent=st.booleans()),
    }
)
demand = some(
    {"units": units},
    gap=st.one_of(one_of(1), named("hyperexponential", mean=st.just(1), cv=st.just(2))),
    first_gap=one_of(0.0, 0.5),
    lines_per_order=st.one_of(one_of(1, 2), named("poisson", mean=st.just(2))),
    weekday_profile=one_of({"monday": 2}, {"friday": 0}),
    month_profile=one_of({"january": 1.5, "february": 0.2}),
    trend_per_year=one_of(-0.5, 3),
    campaigns=st.lists(
        spans(units=one_of(["office"], [])).map(lambda span: span | {"factor": 3}), max_size=2
    ),
    year_end_rush=st.just({"factor": 3, "business_days": 5, "last_month": 1}),
    common_shock=st.builds(
        lambda cv, days: {"cv": cv, "every_days": days}, one_of(0.5, 2), one_of(1, 7)
    ),
)
item = some(
    {"price": one_of(10, 250.5), "cost": st.just(6)},
    popularity=one_of(0.1, 3),
    quantity=quantities,
    critical=st.booleans(),
    lead_time=times,
    lot_quality=qualities,
)
source = some(
    lead_time=times,
    lot_quality=qualities,
    order_crossing=st.booleans(),
    capacity_per_day=one_of(0.5, 4, 40),
    delivered_share=st.one_of(one_of(1, 0.7), st.just({"beta": {"mean": 0.8, "concentration": 9}})),
    cost_factor=one_of(0.9, 1.5),
    surcharge_per_unit=one_of(0, 2.5),
    stock=st.builds(lambda n, law: {"level": n, "lead_time": law}, one_of(0, 3), times),
)
supply = some(
    {"lead_time": times},
    order_crossing=st.booleans(),
    conditions_last_days=one_of(2, 30),
    lot_quality=qualities,
    inspection_finds_share=one_of(0, 0.6, 1),
    sources=st.one_of(
        st.just({}), st.fixed_dictionaries(dict.fromkeys(SOURCES, source)), st.just({"far": {}})
    ),
    recall=st.builds(
        lambda share, after: {"above_share": share, "found_after": after}, one_of(0.15, 0.35), times
    ),
)
learning = some(
    errors_fall_by=one_of(0.1, 0.3),
    hours_fall_by=one_of(0.1, 0.3),
    errors_floor=one_of(0, 0.5),
    hours_floor=one_of(0, 0.5),
    experience_lines=one_of(1, 50),
)
picking = some(
    hours_per_line=hours,
    error_share=shares,
    documentation_error_share=shares,
    check_hours_per_line=one_of(0, 0.5),
    check_finds_share=shares,
    learning=learning,
)
transport = some(
    time=times,
    counted_in=one_of("business_days", "calendar_days"),
    express_factor=one_of(0, 0.5),
)
receipt = some(inspection_share=one_of(0, 0.5, 1), found_in_use_after=times, return_time=times)
failure = some(
    {"hours_to_failure": lives},
    part=one_of(*PARTS),
    repair_hours=hours,
    repaired_by=one_of("operator", "technician"),
    output_without=one_of(0, 0.6),
    preventable=st.booleans(),
)
group = some(
    {"unit": one_of(*UNITS), "count": one_of(1, 3)},
    failures=st.dictionaries(one_of("a", "b", "c"), failure, max_size=3),
    calibration=st.builds(
        lambda after, noticed: {"drifts_after": after, "noticed_after": noticed}, some_time, times
    ),
)
machines = some(
    {"groups": st.dictionaries(one_of(*GROUPS), group, min_size=1)},
    run=one_of("always", "working_time"),
    ordering_delay=times,
    diagnosis_hours=hours,
    calibration_hours=hours,
    preventive_hours=hours,
)
service = some(
    enquiries_per_business_day=one_of(0, 3),
    urgent_share=shares,
    handling_hours=hours,
    complaints=some(
        of_wrong=one_of(0, 0.5, 1),
        of_defective=one_of(0, 0.5, 1),
        of_late=one_of(0, 0.5, 1),
        late_after=durations,
    ),
)
satisfaction = some(
    expects_within=durations,
    noise_sd=one_of(0, 2),
    responds_share=one_of(0, 0.5, 1),
    survey=some(
        {"every": one_of({"days": 3}, {"days": 10}, {"months": 1})},
        sample=st.just(1),
        responds_share=one_of(0.5, 1),
    ),
)
kinds = st.one_of(
    st.just(({"transport_stop": {}}, one_of(None, 0.4, 1))),
    st.just(({"receiving_stop": {}}, st.none())),
    st.just(({"receiving_stop": {"units": ["office"]}}, st.none())),
    st.just(({"upstream_outage": {}}, one_of(None, 0.4, 1))),
    st.just(({"upstream_outage": {"items": ["pump"]}}, one_of(None, 0.7))),
    st.just(({"upstream_outage": {"sources": ["far"]}}, one_of(None, 0.7))),
    st.just(({"demand_surge": {}}, one_of(0, 3))),
    st.just(({"demand_surge": {"units": ["office"]}}, one_of(0.5, 4))),
)


@st.composite
def disruption(draw):
    kind, severities = draw(kinds)
    severity = draw(severities)
    how_bad = {} if severity is None else {"severity": severity}
    if draw(st.booleans()):
        spells = {"random": {"every": draw(some_time), "lasts": draw(some_time), **how_bad}}
    else:
        spells = {"dated": [draw(spans()) | how_bad]}
    excused = {}
    if draw(st.booleans()):
        cause = draw(st.sampled_from(["force_majeure", "buyer"]))
        excused = {"cause": cause} | draw(some(notice_after=times, proof_after=times))
    return {"kind": kind, **spells, **excused}


world = some(
    {
        "start": st.just(START),
        "horizon": one_of({"days": 12}, {"days": 19.5}, {"months": 1}),
        "demand": demand,
        "items": st.fixed_dictionaries(dict.fromkeys(ITEMS, item)),
        "supply": supply,
    },
    warm_up_days=one_of(0, 5),
    calendar=one_of(
        {"always_open": True},
        {"country": "ID"},
        {"opens": "00:00", "closes": "24:00", "work_week": ["monday", "thursday", "sunday"]},
    ),
    picking=picking,
    transport=transport,
    receipt=receipt,
    machines=machines,
    service=service,
    satisfaction=satisfaction,
    disruptions=st.dictionaries(one_of("flood", "strike", "fair"), disruption(), max_size=3),
)

amounts = st.one_of(one_of(0, 1, 5, 20), st.just({"cover_days": 6}))
policy = st.one_of(
    named("base_stock", level=amounts),
    named("reorder_point_quantity", reorder_point=amounts, quantity=one_of(1, 7)),
    named("reorder_point_order_up_to", reorder_point=one_of(0, 3), order_up_to_level=one_of(4, 25)),
    named("periodic_order_up_to", order_up_to_level=amounts, review_days=one_of(1, 2.5)),
)
sourcing = st.one_of(
    st.just({"single_source": {"source": "far"}}),
    st.just({"split": {"shares": {"far": 0.75, "near": 0.25}}}),
    named(
        "backup_when_late",
        primary=st.just("far"),
        backup=st.just("near"),
        overdue_days=one_of(0, 2),
        waiting_units=one_of(None, 3),
    ),
    named("emergency", regular=st.just("far"), fast=st.just("near"), waiting_units=one_of(1, 4)),
)
inspection = st.one_of(
    shares,
    named(
        "single_sampling",
        sample=one_of(1, 5),
        accept=one_of(0, 1),
        if_rejected=one_of("return", "screen"),
    ),
    named(
        "mil_std_105e",
        aql_percent=one_of(1.0, 10.0),
        level=one_of("I", "S-4"),
        if_rejected=one_of("return", "screen"),
    ),
)
plan = some(
    {"policy": policy},
    items=st.dictionaries(one_of(*ITEMS), policy, max_size=2),
    stockout=one_of("backorder", "lost_sale"),
    shipping=one_of("partial", "complete"),
    pickers=one_of(1, 3),
    allocation=one_of(
        {"first_come": {}},
        {"critical_first": {}},
        {"fair_share": {}},
        {"in_time_first": {"until": {"calendar_days": 2}}},
    ),
    sourcing=sourcing,
    goods_in_inspection=inspection,
    outgoing_inspection=shares,
    pick_check=shares,
    expedite_after=durations,
    storeroom=some(
        {"policy": policy},
        items=st.dictionaries(one_of(*PARTS), policy, max_size=1),
        owned_by=one_of("buyer", "supplier"),
        low_stock_notice=st.booleans(),
    ),
    desk_staff=one_of(1, 2),
    technicians=one_of(1, 2),
    preventive_every_days=one_of(2.5, 9),
    investments=st.just(
        {
            "scanner": {
                "cost": 100,
                "buyer_share": 0.4,
                "phase_in_months": 1,
                "effects": {"pick_error": 0.2, "transport_time": 0.5, "check_misses": 0.5},
            }
        }
    ),
    learning=learning,
    yearly_cost=one_of(0, 1200),
)
rates = one_of(0, 0.5, 3)
costs = some(
    supplier=some(
        holding_share_per_year=shares,
        closing_stock_share=one_of(0.5, 1),
        per_replenishment=rates,
        inspection_per_unit=rates,
        outgoing_inspection_per_unit=rates,
        check_per_line=rates,
        picker_per_year=rates,
        per_shipment=rates,
        express_surcharge=rates,
        per_returned_unit=rates,
        desk_staff_per_year=rates,
        technician_per_year=rates,
        per_visit=rates,
    ),
    buyer=some(
        needed_within=durations,
        per_late_unit_day=rates,
        per_lost_unit=rates,
        per_returned_unit=rates,
        per_defect_in_use=rates,
        monitoring_per_review=rates,
        per_machine_hour=rates,
        storeroom_holding_share_per_year=shares,
        per_storeroom_order=rates,
        per_complaint=rates,
    ),
)

#: Values of the settings that a KPI may have; what is not named here is left alone.
SETTINGS = {
    "limit": durations,
    "critical_only": st.booleans(),
    "of": one_of("orders", "lines"),
    "counted_by": one_of("ordered", "delivered", "due"),
    "aspect": one_of("time", "condition"),
    "calls": one_of("all", "technical"),
    "counted_in": one_of("business_days", "calendar_days"),
    "machines": one_of(*GROUPS),
    "excluding": st.sampled_from([["buyer"], ["force_majeure", "buyer"]]),
}


@st.composite
def clause(draw, name):
    """Build a clause of a KPI, with some of the settings it takes."""
    kpi = KPIS[name]
    needed = [n for n, p in kpi.settings.items() if p.default is p.empty]
    chosen = {n: draw(SETTINGS[n]) for n in needed}
    for setting in [n for n in SETTINGS if n in kpi.settings and n not in needed]:
        if draw(st.booleans()):
            chosen[setting] = draw(SETTINGS[setting])
    if "excluding" in chosen:
        chosen |= draw(some(notice_within=durations))
    chosen |= draw(some(when_empty=one_of("missed", "carry")))
    low, high = kpi.bounds
    low = max(low, 0.0)
    level = low + 0.5 * (min(high, low + 10) - low)
    word = draw(one_of("at_least", "above") if kpi.better == "higher" else one_of("at_most"))
    return {"measure": name, "target": {word: level}, **chosen}


payments = st.one_of(
    named("catalogue_price", factor=one_of(0.9, 1.1)), named("fixed_fee", per_period=one_of(0, 500))
)


@st.composite
def contract(draw, measures):
    """Build a contract over some KPIs, with money on the first two."""
    kpis = {f"k_{name}": draw(clause(name)) for name in measures}
    incentives = []
    for name in list(kpis)[:2]:
        kpis[name]["incentive_level"] = next(iter(kpis[name]["target"].values()))
        incentives.append({"lump_sum": {"kpi": name, "if_missed": -10, "if_exceeded": 4}})
    if draw(st.booleans()):
        incentives.append({"per_event": {"event": "returned_units", "amount": -0.5}})
    if draw(st.booleans()):
        incentives.append({"late_fee": {"limit": draw(durations), "per_day": 0.01, "cap": 0.05}})
    return {
        "title": "Some contract",
        "kpis": kpis,
        "payment": draw(payments),
        "incentives": incentives,
        **draw(some(limits=st.just({"deductions": {"share": 0.2, "of": "contract_value"}}))),
    }


#: Paths that most worlds have, with a law for their number.
UNCERTAIN = {
    "world.demand.units.office.orders_per_business_day": {"uniform": {"low": 0.2, "high": 4}},
    "world.items.pump.price": {"gamma": {"mean": 20, "cv": 0.3}},
    "world.items.paper.popularity": {"uniform": {"low": 0.5, "high": 2}},
    "costs.supplier.per_shipment": {"exponential": {"mean": 2}},
    "costs.buyer.monitoring_per_review": {"exponential": {"mean": 1}},
    "costs.buyer.per_machine_hour": {"gamma": {"mean": 1, "cv": 1}},
}
uncertain = some(
    {
        "parameters": st.lists(one_of(*UNCERTAIN), min_size=1, max_size=4, unique=True).map(
            lambda paths: {path: UNCERTAIN[path] for path in paths}
        )
    },
    replications_each=one_of(1, 2),
)


@st.composite
def scenarios(draw):
    """Build a whole scenario; few are refused, since what does not fit together is mended."""
    story = draw(world)
    plans = {"first": draw(plan), "second": draw(plan)}
    of_machines = story.get("machines")
    sources = story["supply"].get("sources", {})
    for terms in story.get("disruptions", {}).values():
        for kind in terms["kind"].values():
            if "sources" in kind and "far" not in sources:
                del kind["sources"]
    for levers in plans.values():
        if len(sources) < 2:
            levers.pop("sourcing", None)
        if of_machines:
            levers.pop("stockout", None)
    measures = draw(st.lists(one_of(*sorted(KPIS)), min_size=1, max_size=12, unique=True))
    contracts = {
        "one": draw(contract(measures)),
        "two": draw(contract(measures[:3]))
        | draw(some(admissible_plans=one_of(["first"], ["second", "first"]))),
    }
    groups = of_machines["groups"] if of_machines else {}
    for terms in contracts.values():
        for written in terms["kpis"].values():
            if "machines" in written and written["machines"] not in groups:
                del written["machines"]
    return {
        "title": "A whole world",
        "world": story,
        "plans": plans,
        "contracts": contracts,
        **draw(some(costs=costs, uncertain=uncertain, budget=st.just(1000))),
    }
