import pytest

import pbc_sim as pbc
from pbc_sim.contract.adjustments import ADJUSTMENTS
from pbc_sim.contract.incentives import INCENTIVES
from pbc_sim.contract.naming import kpi_label, mechanism_said, place_said, target_said
from pbc_sim.contract.payments import PAYMENTS
from pbc_sim.language import speaking


@pytest.fixture(scope="module")
def devices(repository):
    return pbc.load_scenario(repository / "scenarios" / "medical_devices.yaml")


@pytest.mark.parametrize("key", [*PAYMENTS, *INCENTIVES, *ADJUSTMENTS])
def test_every_mechanism_has_a_name_in_both_languages(key):
    with speaking("id"):
        indonesian = mechanism_said(key)

    assert "_" not in mechanism_said(key)
    assert mechanism_said(key) != indonesian


def test_two_kpis_of_one_label_are_told_apart(devices):
    contract = devices.contracts["article_30_50_20"]

    labels = [kpi_label(contract, name) for name in contract.kpis]

    assert len(set(labels)) == len(labels)
    assert "Responses in time (clause 3.4)" in labels
    assert "Device accuracy" in labels


@pytest.mark.parametrize(
    ("place", "english", "indonesian"),
    [
        ("kpis.uptime", "Machine availability", "Ketersediaan mesin"),
        ("kpis.uptime, kpis.accuracy", "Machine availability; Device accuracy",
         "Ketersediaan mesin; Akurasi alat"),
        ("kpis", "KPIs", "KPI"),
        ("incentives.0", "Step tiers on Machine availability",
         "Potongan bertingkat atas Ketersediaan mesin"),
        ("incentives.0.earn_back", "Step tiers on Machine availability",
         "Potongan bertingkat atas Ketersediaan mesin"),
        ("limits.deductions", "Limit of deductions", "Batas pemotongan"),
        ("payment", "Payment", "Pembayaran"),
    ],
)  # fmt: skip
def test_a_place_is_named_without_its_keys(place, english, indonesian, devices):
    contract = devices.contracts["service_credits"]

    with speaking("id"):
        assert place_said(contract, place) == indonesian
    assert place_said(contract, place) == english


def test_a_target_is_said_in_the_unit_of_its_kpi(repository):
    pilot = pbc.load_scenario(repository / "scenarios" / "pilot_office.yaml").contracts["pilot"]

    said = {name: target_said(clause, "IDR") for name, clause in pilot.kpis.items()}
    with speaking("id"):
        indonesian = target_said(pilot.kpis["volume"], "IDR")

    assert said["complete_in_time"] == "at least 85%"
    assert said["volume"] == "at least IDR 5,000,000"
    assert indonesian == "paling rendah Rp 5.000.000"
