"""Worlds with machines, storerooms and a service desk, each feature on or off at random.

They are those of `supply_worlds.py` and a site besides; what has no twin is left out.
"""

from hypothesis import strategies as st
from supply_worlds import PLANS, POLICIES, WORLDS, law, one_of, section

__all__ = ["SITE_PLANS", "SITE_WORLDS"]

HOURS = st.one_of(one_of(0, 2), st.just({"gamma": {"mean": 4, "cv": 0.5}}))
FAILURE = st.fixed_dictionaries(
    {
        "hours_to_failure": one_of(
            24, {"exponential": {"mean": 60}}, {"weibull": {"scale": 90, "shape": 2}}
        )
    },
    optional={
        "part": st.just("paper"),
        "repair_hours": HOURS,
        "repaired_by": one_of("operator", "technician"),
        "output_without": one_of(0, 0.6),
        "preventable": st.booleans(),
    },
)  # fmt: skip
GROUP = st.fixed_dictionaries(
    {"unit": one_of("plant", "office"), "count": one_of(1, 3)},
    optional={
        "failures": st.dictionaries(one_of("a", "b", "c"), FAILURE, max_size=3),
        "line": st.just("hall"),
        "calibration": st.fixed_dictionaries(
            {"drifts_after": law(mean=4), "noticed_after": law(mean=1)}
        ),
    },
)
MACHINES = st.fixed_dictionaries(
    {"groups": st.dictionaries(one_of("press", "robot"), GROUP, min_size=1)},
    optional={
        "run": one_of("always", "working_time"),
        "ordering_delay": law(mean=1),
        "diagnosis_hours": HOURS,
        "calibration_hours": HOURS,
        "preventive_hours": HOURS,
    },
)
SERVICE = section(
    enquiries_per_business_day=one_of(0, 5),
    urgent_share=one_of(0, 0.3, 1),
    handling_hours=HOURS,
    complaints=section(
        of_wrong=one_of(0, 0.5, 1),
        of_defective=one_of(0, 0.5, 1),
        of_late=one_of(0, 0.5, 1),
        late_after=one_of(
            {"business_days": 1}, {"business_days": 2, "ends": "close_of_business"},
            {"calendar_days": 2}, {"hours": 6},
        ),
    ),
)  # fmt: skip


@st.composite
def worlds(draw):
    world = draw(WORLDS)
    # A part whose order holds nothing, or that is never sound, would be ordered for ever.
    for item in world["items"].values():
        item["quantity"] = draw(one_of(1, {"poisson": {"mean": 2}}))
    site = draw(
        st.one_of(
            st.fixed_dictionaries({"machines": MACHINES}, optional={"service": SERVICE}),
            st.fixed_dictionaries({"service": SERVICE}),
        )
    )
    return world | site


@st.composite
def plans(draw):
    plan = draw(PLANS)
    for left_out in ("stockout", "investments", "learning"):
        plan.pop(left_out, None)
    return plan | draw(
        section(
            storeroom=st.fixed_dictionaries(
                {"policy": POLICIES},
                optional={
                    "owned_by": one_of("buyer", "supplier"),
                    "low_stock_notice": st.booleans(),
                },
            ),
            desk_staff=one_of(1, 2),
            technicians=one_of(1, 2),
            preventive_every_days=one_of(1, 2.5),
        )
    )


SITE_WORLDS, SITE_PLANS = worlds(), plans()
