"""What the README shows runs as it stands there, only with fewer replications."""

import re

import numpy as np
import pytest

from pbc_sim.operations.ledger import Ledger
from pbc_sim.performance import KPIS
from pbc_sim.performance.example import example_ledger, value_of
from pbc_sim.performance.measures import Counted, KpiWords, kpi
from pbc_sim.performance.periods import ReviewPeriods


@pytest.fixture(scope="module")
def blocks(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


def test_main_path_runs_and_a_draft_is_priced_without_simulating_again(
    blocks, repository, monkeypatch, capsys
):
    main_path, draft = (b.replace("replications=200", "replications=4") for b in blocks[:2])
    monkeypatch.chdir(repository)
    names = {}

    exec(main_path, names)  # noqa: S102 - our own README
    exec(draft, names)  # noqa: S102 - our own README

    assert "pbc_2022" in capsys.readouterr().out
    assert names["draft"].payment.factor == 0.92


def test_example_of_a_new_kpi_measures_a_ledger(blocks, monkeypatch):
    monkeypatch.setattr(KPIS, "_entries", dict(KPIS))
    names = {"np": np, "kpi": kpi, "Ledger": Ledger, "ReviewPeriods": ReviewPeriods}

    exec(blocks[2], names | {"Counted": Counted, "KpiWords": KpiWords})  # noqa: S102 - our own README

    assert 0 < value_of("split_lines", example_ledger()) < 1
