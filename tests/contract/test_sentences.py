"""Every sentence that the stories' contracts print is one that was read and approved.

`texts/sentences.*.txt` hold each sentence once: those of clauses, then how amounts come about. A
changed sentence fails here. Read it as a procurement officer would; to approve what is printed now,
run this file with PBC_SIM_APPROVE=1 and look at the difference.
"""

import os
from pathlib import Path

import pytest
from agreed_terms import STORIES, agreed, told
from ruamel.yaml import YAML

from pbc_sim.contract import Contract
from pbc_sim.contract.settlement import settle_block
from pbc_sim.contract.text import sections, words_for
from pbc_sim.performance.periods import ReviewPeriods

TEXTS = Path(__file__).parent / "texts"
CURRENCIES = {"en": "EUR", "id": "IDR"}


@pytest.fixture(scope="module")
def settled(scores_of):
    """Return each story's contract and its block, every line of it priced."""
    found = []
    for path in STORIES:
        story = YAML(typ="safe", pure=True).load(path)
        contract = Contract.model_validate(agreed(story))
        cost, months = story.get("supplier_cost", 0.0), contract.term.months
        scores = scores_of(
            {"story": contract}, told(story, contract), months=months, supplier_cost=cost
        )
        periods = ReviewPeriods.of(scores.setting, contract.term.review, months)
        found.append((contract, settle_block([contract], scores, periods).block))
    return found


def _workings(contract, block, language, currency):
    """Yield how each amount of each period comes about."""
    words = words_for(contract, language, currency)
    for clause in (contract.payment, *contract.incentives):
        reading = block.readings.get(getattr(clause, "kpi", None))
        for period in range(block.n_periods):
            if reading is not None and not reading.reviewed[period]:
                continue
            yield clause.worked(block, period, words)
            if language == "en":
                yield clause.arithmetic(block, period, currency)


@pytest.mark.parametrize("language", CURRENCIES)
def test_sentences_are_the_ones_that_were_read_and_approved(language, settled):
    currency, clauses, workings = CURRENCIES[language], {}, {}
    for contract, block in settled:
        of_all = sections(contract, words_for(contract, language, currency))
        clauses |= {clause.text: None for section in of_all for clause in section.clauses}
        workings |= dict.fromkeys(_workings(contract, block, language, currency))
        ended = [str(contract.termination)] if contract.termination and language == "en" else []
        clauses |= dict.fromkeys(ended)
    printed = "\n".join(["# clauses", *sorted(clauses), "# workings", *sorted(workings), ""])
    golden = TEXTS / f"sentences.{language}.txt"

    if os.environ.get("PBC_SIM_APPROVE"):
        golden.write_text(printed, encoding="utf-8")

    assert printed == golden.read_text(encoding="utf-8")
