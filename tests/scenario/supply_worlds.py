"""Worlds and plans with every feature that is compiled, on or off at random.

Round numbers make things happen at the same instant, where the order of events shows.
"""

import datetime as dt

from hypothesis import strategies as st


def one_of(*values):
    return st.sampled_from(values)


def law(*, mean):
    return st.one_of(
        one_of(0, mean, mean / 2),
        st.just({"exponential": {"mean": mean}}),
        st.just({"gamma": {"mean": mean, "cv": 0.5}}),
        st.just({"uniform": {"low": 0.0, "high": 2 * mean}}),
    )


def section(**optional):
    return st.fixed_dictionaries({}, optional=optional)


QUANTITIES = st.one_of(
    one_of(1, 3),
    st.just({"poisson": {"mean": 2}}),
    st.just({"discrete": {"chances": {0: 0.3, 5: 0.7}}}),
    st.just({"geometric": {"mean": 4}}),
)
QUALITIES = st.one_of(one_of(0.0, 0.2), st.just({"beta": {"mean": 0.15, "concentration": 5}}))
ITEM = st.fixed_dictionaries(
    {"price": st.just(10), "cost": st.just(6), "quantity": QUANTITIES},
    optional={"popularity": one_of(0.2, 3), "lead_time": law(mean=2), "lot_quality": QUALITIES},
)
EFFECTS = section(
    pick_error=one_of(0.2, 1.5), check_misses=one_of(0.3, 2), pick_hours=one_of(0.5, 2),
    transport_time=one_of(0.5, 2), documentation_error=one_of(0.5, 2),
)  # fmt: skip
LEARNING = section(errors_fall_by=one_of(0.1, 0.3), hours_fall_by=one_of(0.1, 0.3))
DURATIONS = one_of(
    {"business_days": 1}, {"business_days": 0}, {"calendar_days": 0.5}, {"hours": 6},
    {"business_days": 1, "ends": "close_of_business"},
)  # fmt: skip
AMOUNTS = one_of(-3, 0, 2, 6, 20, {"cover_days": 3})
REVIEWS = one_of(0.25, 0.5, 1, 7)
POLICIES = st.one_of(
    st.builds(lambda level: {"base_stock": {"level": level}}, AMOUNTS),
    st.builds(
        lambda r, q: {"reorder_point_quantity": {"reorder_point": r, "quantity": q}},
        AMOUNTS, one_of(1, 4, 10),
    ),
    st.builds(
        lambda s, more, days: {
            "reorder_point_order_up_to": {
                "reorder_point": s, "order_up_to_level": s + more, "review_days": days,
            }
        },
        one_of(-2, 0, 3), one_of(0, 1, 8), st.one_of(st.none(), REVIEWS),
    ),
    st.builds(
        lambda level, days: {
            "periodic_order_up_to": {"order_up_to_level": level, "review_days": days}
        },
        AMOUNTS, REVIEWS,
    ),
)  # fmt: skip
SPELLS = st.one_of(
    st.builds(
        lambda every, lasts, severity: {
            "random": {"every": every, "lasts": lasts} | severity
        },
        st.one_of(one_of(2, 5), st.just({"exponential": {"mean": 6}})),
        st.one_of(one_of(0, 1, 3.5), st.just({"exponential": {"mean": 3}})),
        one_of(
            {}, {"severity": 0.5}, {"severity": {"beta": {"mean": 0.6, "concentration": 3}}}
        ),
    ),
    st.builds(
        lambda first, days: {
            "dated": [
                {"first_day": dt.date(2024, 1, first),
                 "last_day": dt.date(2024, 1, first) + dt.timedelta(days=days)}
            ]
        },
        st.integers(1, 9), one_of(0, 1, 6),
    ),
)  # fmt: skip
CAUSES = one_of({}, {"cause": "force_majeure", "notice_after": 1}, {"cause": "buyer"})


def disruption(*kinds):
    return st.builds(lambda kind, spell, cause: {"kind": kind} | spell | cause,
                     one_of(*kinds), SPELLS, CAUSES)  # fmt: skip


OUTAGES = disruption({"upstream_outage": {}}, {"upstream_outage": {"items": ["paper"]}})
STOPS = disruption({"transport_stop": {}})
CLOSURES = st.builds(
    lambda spell, cause: spell | cause,
    disruption({"receiving_stop": {}}, {"receiving_stop": {"units": ["plant"]}}).map(
        lambda d: (
            d | {"random": {k: v for k, v in d["random"].items() if k != "severity"}}
            if "random" in d
            else d
        )
    ),
    CAUSES,
)
SURGES = one_of(
    {"kind": {"demand_surge": {"units": ["office"]}},
     "dated": [{"first_day": dt.date(2024, 1, 3), "last_day": dt.date(2024, 1, 4), "severity": 3}]}
)  # fmt: skip
DISRUPTIONS = st.fixed_dictionaries(
    {}, optional={"strike": OUTAGES, "fire": OUTAGES, "flood": STOPS, "count": CLOSURES,
                  "fair": SURGES},
)  # fmt: skip
SOURCINGS = one_of(
    {"single_source": {"source": "near"}}, {"single_source": {"source": "far"}},
    {"split": {"shares": {"near": 0.3, "far": 0.7}}},
    {"split": {"shares": {"far": 0.5, "near": 0.5}}},
    {"split": {"shares": {"far": 1 / 3, "near": 2 / 3}}},
    {"backup_when_late": {"primary": "far", "backup": "near"}},
    {"backup_when_late": {"primary": "far", "backup": "near", "overdue_days": 1,
                          "waiting_units": 3}},
    {"emergency": {"regular": "far", "fast": "near"}},
    {"emergency": {"regular": "far", "fast": "near", "waiting_units": 4}},
)  # fmt: skip
SOURCE = section(
    lead_time=law(mean=2), lot_quality=QUALITIES, order_crossing=st.booleans(),
    capacity_per_day=one_of(4, 20), cost_factor=one_of(0.9, 1.3), surcharge_per_unit=one_of(0, 2.3),
    delivered_share=one_of(1, 0.75, {"beta": {"mean": 0.8, "concentration": 6}}),
    stock=st.builds(lambda level, time: {"level": level, "lead_time": time},
                    one_of(0, 3, 12), law(mean=2)),
)  # fmt: skip
SOURCES = st.fixed_dictionaries({"far": SOURCE, "near": SOURCE})
WORLDS = st.fixed_dictionaries(
    {
        "start": st.just(dt.date(2024, 1, 1)),
        "horizon": one_of({"days": 10}, {"days": 33.5}),
        "demand": st.fixed_dictionaries(
            {
                "units": st.fixed_dictionaries(
                    {
                        "plant": one_of(
                            {"orders_per_business_day": 2},
                            {"orders_per_business_day": 2, "urgent": True},
                        ),
                        "office": one_of(
                            {"orders_per_business_day": 2}, {"orders_per_business_day": 0.7}
                        ),
                    }
                )
            },
            optional={
                "gap": one_of(1, {"hyperexponential": {"mean": 1, "cv": 2}}),
                "first_gap": one_of(0.0, 0.5),
                "lines_per_order": one_of(1, 3, {"poisson": {"mean": 2}}),
            },
        ),
        "items": st.fixed_dictionaries({"paper": ITEM}, optional={"toner": ITEM, "pen": ITEM}),
        "supply": st.fixed_dictionaries(
            {"lead_time": law(mean=2)},
            optional={
                "order_crossing": st.booleans(),
                "conditions_last_days": one_of(0.5, 5, 30),
                "lot_quality": QUALITIES,
                "inspection_finds_share": one_of(0, 0.6, 1),
                "sources": SOURCES,
            },
        ),
    },
    optional={
        "calendar": one_of({"always_open": True}, {"opens": "06:00", "closes": "18:00"}),
        "warm_up_days": one_of(0, 4),
        "picking": section(
            hours_per_line=law(mean=2),
            error_share=one_of(0.0, 0.1, 0.4),
            documentation_error_share=one_of(0.0, 0.3),
            check_hours_per_line=one_of(0, 0.5),
            check_finds_share=one_of(0.0, 0.5, 1.0),
            learning=LEARNING,
        ),
        "transport": section(
            time=law(mean=0.5),
            counted_in=one_of("business_days", "calendar_days"),
            express_factor=one_of(0, 0.5),
        ),
        "receipt": section(
            inspection_share=one_of(0, 0.5, 1),
            found_in_use_after=law(mean=2),
            return_time=law(mean=1),
        ),
        "satisfaction": one_of({"expects_within": {"business_days": 2}}),
        "disruptions": DISRUPTIONS,
    },
)
SAMPLINGS = st.one_of(
    st.builds(
        lambda sample, accept, rejected: {
            "single_sampling": {"sample": sample, "accept": accept, "if_rejected": rejected}
        },
        one_of(1, 3, 50), one_of(0, 1), one_of("screen", "return"),
    ),
    st.builds(
        lambda aql, level, rejected: {
            "mil_std_105e": {"aql_percent": aql, "level": level, "if_rejected": rejected}
        },
        one_of(1.0, 6.5, 10.0), one_of("S-1", "II", "III"), one_of("screen", "return"),
    ),
)  # fmt: skip
PLANS = st.fixed_dictionaries(
    {"policy": POLICIES},
    optional={
        "items": st.builds(lambda policy: {"paper": policy}, POLICIES),
        "stockout": one_of("backorder", "lost_sale"),
        "shipping": one_of("partial", "complete"),
        "pickers": one_of(1, 2),
        "allocation": st.one_of(
            one_of({"critical_first": {}}, {"fair_share": {}}, {"first_come": {}}),
            st.builds(lambda until: {"in_time_first": {"until": until}}, DURATIONS),
        ),
        "sourcing": SOURCINGS,
        "goods_in_inspection": st.one_of(one_of(0.3, 1), SAMPLINGS),
        "pick_check": one_of(0.5, 1),
        "expedite_after": DURATIONS,
        "investments": st.builds(
            lambda effects, months: {
                "tool": {"cost": 1, "effects": effects, "phase_in_months": months}
            },
            EFFECTS, one_of(0, 1),
        ),
        "learning": LEARNING,
    },
)  # fmt: skip


def given_that(drawn, **sure):
    """Return the same worlds or plans, some parts of which are sure to be as told."""
    return st.builds(lambda parts, known: parts | known, drawn, st.fixed_dictionaries(sure))


#: Plans under which lines wait for each other's units.
SCARCE = given_that(
    PLANS,
    policy=st.builds(lambda level: {"base_stock": {"level": level}}, one_of(0, 2, 6)),
    items=st.just({}),
    stockout=st.just("backorder"),
)
BUSY = given_that(
    WORLDS,
    demand=st.just(
        {
            "units": {
                "plant": {"orders_per_business_day": 3, "urgent": True},
                "office": {"orders_per_business_day": 3},
            },
            "lines_per_order": 2,
        }
    ),
)
DEFECTIVE = given_that(
    BUSY,
    supply=st.fixed_dictionaries(
        {"lead_time": law(mean=2), "inspection_finds_share": one_of(0.6, 1)},
        optional={"order_crossing": st.booleans()},
    ),
    items=st.just(
        {
            "paper": {
                "price": 10,
                "cost": 6,
                "quantity": 3,
                "lot_quality": {"beta": {"mean": 0.15, "concentration": 5}},
            }
        }
    ),
)
LOTS = st.builds(
    lambda r, q: {"reorder_point_quantity": {"reorder_point": r, "quantity": q}},
    one_of(5, 20), one_of(7, 20, 60),
)  # fmt: skip
#: Worlds and plans in which one feature is sure to show.
FOCUSED = {
    "critical first": (BUSY, given_that(SCARCE, allocation=st.just({"critical_first": {}}))),
    "in time first": (
        BUSY,
        given_that(
            SCARCE,
            allocation=st.builds(lambda until: {"in_time_first": {"until": until}}, DURATIONS),
        ),
    ),
    "fair shares": (BUSY, given_that(SCARCE, allocation=st.just({"fair_share": {}}))),
    "outages upstream": (
        given_that(BUSY, disruptions=st.fixed_dictionaries({"strike": OUTAGES, "fire": OUTAGES})),
        PLANS,
    ),
    "stops on the way": (
        given_that(
            BUSY,
            disruptions=st.fixed_dictionaries({"flood": STOPS, "ice": STOPS, "count": CLOSURES}),
        ),
        PLANS,
    ),
    "named sources": (
        given_that(
            BUSY,
            supply=st.fixed_dictionaries(
                {"lead_time": law(mean=2), "sources": SOURCES},
                optional={"conditions_last_days": one_of(0.5, 5), "lot_quality": QUALITIES},
            ),
            disruptions=section(
                strike=disruption(
                    {"upstream_outage": {"sources": ["far"]}}, {"upstream_outage": {}}
                )
            ),
        ),
        given_that(PLANS, sourcing=SOURCINGS, stockout=st.just("backorder")),
    ),
    "samples of lots": (
        DEFECTIVE,
        given_that(PLANS, policy=LOTS, items=st.just({}), goods_in_inspection=SAMPLINGS),
    ),
}


def fitted(plan, world):
    """Return a plan without what a world has not."""
    if "paper" not in world["items"]:
        plan = plan | {"items": {}}
    if "sources" not in world["supply"]:
        plan = {lever: value for lever, value in plan.items() if lever != "sourcing"}
    return plan
