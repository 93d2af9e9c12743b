"""Every mechanism can be added, and every payment scheme taken."""

import pytest

from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.contract.text import words_for
from pbc_sim.show.apps.designer import beginnings
from pbc_sim.show.apps.designer.beginnings import additions, with_added, with_payment


@pytest.fixture(scope="module")
def offered(office):
    contract = office.contracts["pbc_2022"]
    return additions(contract, office, words_for(contract, "en", "IDR"))


@pytest.mark.parametrize("mechanism", [*INCENTIVES, *ADJUSTMENTS])
def test_a_mechanism_is_offered_and_can_be_added(mechanism, offered, office):
    (key, *_more) = [key for key in offered if f"/{mechanism}/" in key]

    added = with_added(office.contracts["pbc_2022"], office, key)

    kinds = [INCENTIVES.name_of(i) for i in added.incentives]
    kinds += [ADJUSTMENTS.name_of(a) for a in added.adjustments]
    assert mechanism in kinds


@pytest.mark.parametrize("scheme", list(PAYMENTS))
def test_a_payment_scheme_can_be_taken(scheme, office):
    changed = with_payment(office.contracts["mild_with_bonus"], office, scheme)

    assert PAYMENTS.name_of(changed.payment) == scheme


def test_what_a_contract_has_once_is_not_offered_twice(offered):
    assert "gate//" not in offered
    assert "termination//" in offered
    assert not any(key.startswith("kpis/return_rate") for key in offered)


def test_first_terms_exist_for_every_mechanism():
    assert set(beginnings.INCENTIVE_TERMS) == set(INCENTIVES)
    assert set(beginnings.ADJUSTMENT_TERMS) == set(ADJUSTMENTS)
    assert set(beginnings.PAYMENT_TERMS) == set(PAYMENTS)


def test_a_kpi_is_added_with_a_target_in_its_direction(office):
    added = with_added(office.contracts["pbc_2022"], office, "kpis/defect_rate/")

    assert added.kpis["defect_rate"].target.at_most == 0.05
