"""Stories that a lawyer can read: each file of `tests/settlements` is paid as it says."""

from functools import cache

import numpy as np
import pytest
from agreed_terms import SCHEMES, STORIES, agreed, told
from ruamel.yaml import YAML

from pbc_sim.contract import Contract, settle
from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.settlement import settle_block
from pbc_sim.performance.periods import ReviewPeriods

#: Schemes with published numbers; each must be settled by some story.
PUBLISHED = {
    *(f"cloud_and_outsourcing.{name}" for name in ("amazon_s3", "amazon_ec2")),
    *(f"government_and_defence.{name}" for name in ("cpif", "fpif")),
    *(
        f"late_fees_and_milestones.{name}"
        for name in ("perpres_16_2018", "perpres_16_2018_capped", "ra_9184", "article_30_50_20")
    ),
    *(
        f"public_services.{name}"
        for name in (
            "nhs_accident_and_emergency_2014",
            "nhs_accident_and_emergency_2015",
            "cquin",
            "hospital_readmissions",
            "staff_college",
        )
    ),
    "retail.walmart_otif",
}


# Once for all tests: reading a story takes longer than paying it.
@cache
def _written(path):
    return YAML(typ="safe", pure=True).load(path)


@pytest.fixture(params=STORIES, ids=lambda path: path.stem)
def story(request):
    return _written(request.param)


@pytest.fixture
def contract(story):
    return Contract.model_validate(agreed(story))


@pytest.fixture
def scores(story, contract, scores_of):
    cost = story.get("supplier_cost", 0.0)
    return scores_of(
        {"story": contract}, told(story, contract), months=contract.term.months, supplier_cost=cost
    )


def _lines(contract, scores):
    periods = ReviewPeriods.of(scores.setting, contract.term.review, contract.term.months)
    settled = settle_block([contract], scores, periods)
    names = [PAYMENTS.name_of(contract.payment)]
    for incentive in contract.incentives:
        on = f" on {incentive.kpi_name}" if incentive.kpi_name else ""
        names.append(INCENTIVES.name_of(incentive) + on)
    for group in contract.groups:
        names += [f"deductions of {group} beyond cap", f"bonuses of {group} beyond cap"]
    names += ["deductions beyond cap", "bonuses beyond cap"]
    names += [ADJUSTMENTS.name_of(adjustment) for adjustment in contract.adjustments]
    names += ["termination"] if contract.termination else []
    arrays = settled.lines
    assert len(set(names)) == len(names), "two lines of a story have the same name"
    shape = (1, 1, 1, len(periods))
    return {n: np.broadcast_to(a, shape)[0, 0, 0] for n, a in zip(names, arrays, strict=True)}


def test_story_is_paid_line_by_line_as_written(story, contract, scores):

    lines = _lines(contract, scores)

    for p, written in enumerate(story["paid"]):
        due = {name: float(amounts[p]) for name, amounts in lines.items()}
        due["total"] = sum(due.values())
        expected = dict.fromkeys(due, 0.0) | written
        assert due == pytest.approx(expected, rel=1e-9, abs=1e-6), f"period {p + 1}"
    assert len(story["paid"]) == len(lines["deductions beyond cap"])


def test_story_sums_to_the_payments_of_the_term(story, contract, scores):

    paid = settle({"story": contract}, scores)

    total = sum(written["total"] for written in story["paid"])
    assert paid["payments"].item() == pytest.approx(total, rel=1e-9, abs=1e-6)


def test_story_names_its_source_and_title(story):

    assert story["title"].strip()
    assert len(story["source"].strip()) > 10


@pytest.mark.parametrize("path", SCHEMES, ids=lambda path: path.stem)
def test_contract_of_a_real_scheme_names_its_source(path):
    contracts = YAML(typ="safe", pure=True).load(path)["contracts"]

    unsourced = [name for name, terms in contracts.items() if not terms.get("source")]

    assert unsourced in ([], ["plain"])


def test_published_arithmetic_is_of_the_schemes_that_are_shipped():
    stories = [_written(path) for path in STORIES]
    shown = {story["scheme"] for story in stories if "scheme" in story}

    assert shown >= PUBLISHED
