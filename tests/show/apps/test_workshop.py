"""A room guesses before it sees, and then sees what the library says."""

from pathlib import Path

import pytest

from pbc_sim.decision.workshop import cases
from pbc_sim.figures import money
from pbc_sim.show.apps.opening import Opening
from pbc_sim.show.apps.workshop.app import WorkshopView
from pbc_sim.show.apps.workshop.pictures import PARTIES


@pytest.fixture(scope="module")
def workshop():
    return WorkshopView(Opening(Path("scenarios/pilot_office.yaml"), replications=20))


@pytest.fixture
def view(workshop):
    """The workshop at its first question, with nothing revealed."""
    workshop.at, workshop.part = 0, "questions"
    workshop.guesses.clear()
    workshop.revealed.clear()
    workshop.say_again()
    return workshop


def test_nothing_is_seen_before_the_room_has_guessed(view):
    view.guess.press("reveal")

    assert "choose an answer first" in view.page.message
    assert view.chart not in view.body.children


def test_after_the_guess_the_answer_stands_beside_it(view):
    question = view.question
    wrong = next(name for name in question.options if name not in question.right)
    view.guess.press("guess", wrong)
    view.guess.press("reveal")

    assert "Not so" in view.answer.value
    assert view.chart in view.body.children
    drawn = view.chart.picture
    assert [row[1] for row in drawn["table"]["rows"]] == [row.said for row in question.rows]


def test_every_question_can_be_reached_guessed_and_revealed(view):
    for n, question in enumerate(view.questions):
        assert f"Question {n + 1} of {len(view.questions)}" in view.head.value
        view.guess.press("guess", 30 if question.number else question.right[0])
        view.guess.press("reveal")
        assert question.name in view.revealed
        view.guess.press("next")

    assert view.at == len(view.questions) - 1


def test_cases_are_those_of_the_library(view):
    view.form.press("part", "cases")

    for chart, party in zip(view.cases, PARTIES, strict=True):
        rows = {row[0]: row[1:4] for row in chart.picture["table"]["rows"]}
        for case in cases(view.studied):
            if case.party == party and case.mean == case.mean:
                said = [money(x, view.studied.currency) for x in (case.best, case.mean, case.worst)]
                assert rows[view.studied.contract(case.contract)] == said


def test_notes_give_the_answers_and_the_debrief_does_not(view):
    view.form.press("part", "notes")
    assert view.questions[0].notes in view.head.value.replace("&#x27;", "'")
    view.form.press("part", "debrief")
    assert "surprised" in view.head.value


def test_more_futures_leave_the_room_where_it_is(view):
    view.guess.press("next")
    before = view.question.name
    view.grown(view.studied.outcomes)

    assert view.question.name == before


def test_it_speaks_indonesian(view):
    view.page._set("language", "id")
    assert "Pertanyaan 1 dari" in view.head.value
    view.page._set("language", "en")


def test_answers_rest_on_as_many_futures_as_were_asked_for():
    view = WorkshopView(Opening(Path("scenarios/pilot_office.yaml"), replications=230))

    assert view.studied.outcomes.replications == 230


def test_what_is_revealed_comes_into_sight(view):
    before = view.page._frame.look[1]
    view.guess.press("guess", view.question.right[0])
    view.guess.press("reveal")

    assert view.page._frame.look == [".pbc-verdict", before + 1]
    view.guess.press("next")
    assert view.page._frame.look == ["h2", before + 2]
