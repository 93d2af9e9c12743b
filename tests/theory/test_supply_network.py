"""Sources and samples: systems of which each part has an exact value.

Each simulated system is compared with a formula of this file, and formulas with the values that
were computed outside this project (`shared/reference`), where these are at hand.
"""

import numpy as np
import pytest
from scipy import stats

COUNTS = np.arange(200)


def measures(on_order, level: int) -> dict[str, float]:
    """Return the measures of base stock, by the law of the number of units on order."""
    return {
        "fill": float(on_order[:level].sum()),
        "backorders": float(on_order @ np.maximum(COUNTS - level, 0)),
        "on_hand": float(on_order @ np.maximum(level - COUNTS, 0)),
    }


def convolved(one, other) -> np.ndarray:
    return np.convolve(one, other)[: len(COUNTS)]


def poisson(mean: float) -> np.ndarray:
    return stats.poisson(mean).pmf(COUNTS)


def split(rate: float, near: float, far: float, every: int) -> np.ndarray:
    """Return the law of units on order where each so manieth unit comes from afar.

    All that was ordered within `near` days, and of what was ordered before that, within `far` days,
    each so manieth; where in its cycle the split stood is uniform.
    """
    before = poisson(rate * (far - near))
    of_these = np.zeros(len(COUNTS))
    for phase in range(every):
        np.add.at(of_these, (COUNTS + phase) // every, before / every)
    return convolved(poisson(rate * near), of_these)


def two_echelons(rate: float, production: float, depot: int, transport: float) -> np.ndarray:
    """Return the law of units on order behind a source with base stock (Graves, 1985, eq. 4).

    On order are those that the depot owes, and independently those in transport.
    """
    made = poisson(rate * production)
    owed = np.r_[made[: depot + 1].sum(), made[depot + 1 :]]
    return convolved(owed, poisson(rate * transport))


def loss(load: float, level: int) -> float:
    """Return Erlang's loss probability."""
    busy = stats.poisson(load).pmf(np.arange(level + 1))
    return busy[-1] / busy.sum()


def constant_service(load: float) -> float:
    """Return the mean number in M/D/1 (Pollaczek and Khinchine)."""
    return load + load**2 / (2 * (1 - load))


def accepts(sample: int, accept: int, share: float) -> float:
    """Return the probability that a sample of independent units passes."""
    return float(stats.binom(sample, share).cdf(accept))


def outgoing_quality(units: int, sample: int, accept: int, share: float) -> float:
    """Return the defective share of what stays: rectifying inspection, defects discarded."""
    passed = accepts(sample, accept, share)
    rest = (units - sample) * share
    return passed * rest / (units - sample * share - (1 - passed) * rest)


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
@pytest.mark.parametrize("plan", ["near", "never_late"])
def test_a_single_source_follows_palms_theorem(observe, plan, kpi):
    """Sees 5% of the lead time, and a backup used though the primary is never late."""
    exact, longer = measures(poisson(6), 8), measures(poisson(6.3), 8)

    estimate = observe("two_sources", replications=40, plan=plan).kpi(kpi)

    estimate.must_be(exact[kpi], not_=longer[kpi])


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
def test_split_orders_add_up_their_pipelines(observe, kpi):
    """Sees a share of one seventh instead of one fifth from afar."""
    exact, other = (measures(split(2, 3, 6, every), 8) for every in (5, 7))

    estimate = observe("two_sources", replications=40, plan="split").kpi(kpi)

    estimate.must_be(exact[kpi], not_=other[kpi])


def test_each_source_is_paid_its_own_price(observe, estimate):
    """Sees a tenth of the units at the wrong price: 1.5 near, 1 from afar."""
    per_day = observe("two_sources", replications=40, plan="split").cost_per_day("purchase")

    estimate.of_mean(per_day).must_be(2 * (0.8 * 1.5 + 0.2 * 1), not_=2 * (0.7 * 1.5 + 0.3 * 1))


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
def test_a_source_with_stock_is_the_upper_of_two_echelons(observe, kpi):
    """Graves (1985); sees one unit more on the source's shelf, and 5% of its lead time."""
    exact, more = (measures(two_echelons(2, 4, depot, 2), 7) for depot in (6, 7))
    slower = measures(two_echelons(2, 4 * 1.05, 6, 2), 7)

    estimate = observe("source_with_stock", replications=80).kpi(kpi)

    estimate.must_be(exact[kpi], not_=more[kpi])
    estimate.must_be(exact[kpi], not_=slower[kpi])


@pytest.mark.parametrize("kpi", ["fill", "backorders", "on_hand"])
def test_units_that_do_not_come_lengthen_the_lead_time(observe, kpi):
    """Pipeline lambda L / yield; sees a yield of 84% instead of 80%."""
    exact, other = (measures(poisson(6 / share), 10) for share in (0.8, 0.84))

    estimate = observe("source_with_yield", replications=40).kpi(kpi)

    estimate.must_be(exact[kpi], not_=other[kpi])


@pytest.mark.parametrize("plan", ["first", "urgent", "fair"])
def test_capacity_is_a_queue_with_constant_service(observe, plan):
    """M/D/1 under every rule of allocation; sees 6% of the capacity, and exponential service."""
    exact, slower = constant_service(4 / 5), constant_service(4 / 4.7)
    observed = observe("source_with_capacity", replications=16, plan=plan)

    observed.kpi("backorders").must_be(exact, not_=slower)
    observed.kpi("backorders").must_be(exact, not_=0.8 / (1 - 0.8))


def test_wait_for_capacity_follows_littles_law(observe):
    """Sees an error of 6% of the capacity."""
    exact, slower = constant_service(4 / 5) / 4, constant_service(4 / 4.7) / 4

    estimate = observe("source_with_capacity", replications=16, plan="first").kpi("time")

    estimate.must_be(exact, not_=slower)


def test_emergencies_are_to_the_regular_source_what_lost_sales_are(observe, estimate):
    """Erlang's loss formula; sees 10% of the regular lead time, in fill rate and in surcharges."""
    exact, longer = loss(3, 5), loss(3.3, 5)
    observed = observe("emergency_source", replications=60)

    observed.kpi("fill").must_be(1 - exact, not_=1 - longer)
    paid = estimate.of_mean(observed.cost_per_day("sourcing_surcharges"))
    paid.must_be(10 * exact, not_=10 * longer)
    assert not observed.sums("backorders")[0].any()


PLANS = {"fifty": (50, 1), "eighty": (80, 2), "more": (125, 3), "standard": (50, 1)}


@pytest.mark.parametrize("plan", PLANS)
def test_lots_are_accepted_as_often_as_the_binomial_says(observe, plan):
    """Sees one defect more allowed, and 10% of the defective share."""
    sample, accept = PLANS[plan]
    estimate = observe("sampled_lots", replications=10, plan=plan).kpi("accepted")

    exact = accepts(sample, accept, 0.02)
    estimate.must_be(exact, not_=accepts(sample, accept + 1, 0.02))
    estimate.must_be(exact, not_=accepts(sample, accept, 0.022))


@pytest.mark.parametrize("plan", PLANS)
def test_what_screening_lets_through(observe, plan):
    """Rectifying inspection; sees a sample that is not scrapped, and rejected lots let through."""
    sample, accept = PLANS[plan]
    exact = outgoing_quality(200, sample, accept, 0.02)

    estimate = observe("sampled_lots", replications=10, plan=plan).kpi("defects")

    estimate.must_be(exact, not_=accepts(sample, accept, 0.02) * 0.02)
    estimate.must_be(exact, not_=0.02 * (1 - sample / 200))


def test_half_of_the_defects_are_found_on_the_way_out(observe):
    """Share p (1 - s) / (1 - p s); sees a fifth of the inspected share."""
    exact, other = (0.02 * (1 - s) / (1 - 0.02 * s) for s in (0.5, 0.6))

    estimate = observe("sampled_lots", replications=10, plan="outgoing").kpi("defects")

    estimate.must_be(exact, not_=other)


SAMPLES = {"fifty": (50, 1), "eighty": (80, 2), "letter_k": (125, 3)}
QUALITIES = {"half_percent": 0.005, "one_percent": 0.01, "two_percent": 0.02, "five_percent": 0.05}


@pytest.fixture(scope="module")
def judged_lots(textbook):
    """Return the items, verdicts and defects found of lots, by plan; one world for all of them."""
    from pbc_sim.operations import simulate
    from pbc_sim.world import draw_world

    scenario = textbook("operating_characteristic")
    world = draw_world(scenario.setting, 8, 0)
    names = list(scenario.setting.item_names)

    def lots(plan: str, item: str) -> tuple[np.ndarray, np.ndarray]:
        rows = simulated[plan].replenishments
        chosen = rows.judged & (rows.item == names.index(item))
        return rows.rejected[chosen], rows.defective[chosen]

    simulated = {name: simulate(world, scenario.plans[name]) for name in SAMPLES}
    return lots


@pytest.mark.slow
@pytest.mark.parametrize("plan", SAMPLES)
@pytest.mark.parametrize("item", QUALITIES)
def test_operating_characteristic(judged_lots, estimate, plan, item):
    """Binomial; sees one defect fewer allowed, and twice as many defects."""
    (sample, accept), share = SAMPLES[plan], QUALITIES[item]
    exact = accepts(sample, accept, share)
    rejected, _ = judged_lots(plan, item)

    found = estimate.of_mean(~rejected)

    found.must_be(exact, not_=accepts(sample, accept - 1, share))
    found.must_be(exact, not_=accepts(sample, accept, 2 * share))


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["fifty", "letter_k"])
def test_lots_that_differ_are_accepted_more_often(judged_lots, estimate, plan):
    """Beta-binomial; sees lots that are all alike."""
    sample, accept = SAMPLES[plan]
    exact = stats.betabinom(sample, 0.1, 4.9).cdf(accept)
    rejected, _ = judged_lots(plan, "changing")

    estimate.of_mean(~rejected).must_be(exact, not_=accepts(sample, accept, 0.02))


@pytest.mark.slow
def test_a_sample_is_drawn_from_its_lot(judged_lots, estimate):
    """Hypergeometric given the lot; sees verdicts that have nothing to do with the lot's defects.

    All of a rejected lot is inspected, so what is found in it is what it held.
    """
    sample, accept = SAMPLES["letter_k"]
    held = np.arange(1202)
    chance = stats.binom(1201, 0.02).pmf(held)
    fails = stats.hypergeom(1201, held, sample).sf(accept)
    exact = (chance * fails) @ held / (chance @ fails)
    rejected, defective = judged_lots("letter_k", "two_percent")

    estimate.of_mean(defective[rejected]).must_be(exact, not_=24.02)
    assert chance @ (1 - fails) == pytest.approx(accepts(sample, accept, 0.02))


def test_acceptance_equals_the_reference(reference):
    rows = reference("defect_kpi_binomial")["expected"]["rows"]

    exact = [accepts(row["n"], row["c"], row["p"]) for row in rows]

    assert exact == pytest.approx([row["P_accept"] for row in rows])
