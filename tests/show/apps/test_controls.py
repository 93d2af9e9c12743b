"""A form answers every change once, in order; a page speaks its language and says what is wrong."""

import pytest

from pbc_sim.errors import PbcError
from pbc_sim.language import spoken
from pbc_sim.show.apps.controls import Control, Controls, Section, Sentence
from pbc_sim.show.apps.page import Page, download


@pytest.fixture
def seen():
    return []


@pytest.fixture
def form(seen):
    return Controls(lambda key, value: seen.append((key, value)))


def test_a_change_that_the_browser_says_again_is_done_once(form, seen):
    form.changes = {"price": [1, 5.0]}
    form.changes = {"price": [1, 5.0], "keep": [2, None]}

    assert seen == [("price", 5.0), ("keep", None)]
    assert form.answered == 2


def test_changes_of_one_message_are_done_in_the_order_in_which_they_were_made(form, seen):
    form.changes = {"b": [3, 1], "a": [2, 1]}

    assert [key for key, _ in seen] == ["a", "b"]


def test_what_is_filled_in_is_new_when_a_change_is_answered(form):
    form.show([], {"price": 1, "name": "a"})
    told = []
    form.observe(lambda change: told.append(dict(form.values)), "answered")

    form.changes = {"price": [1, 5.0], "keep": [2, None]}

    assert told[0] == {"price": 5.0, "name": "a"}
    assert form.values == {"price": 5.0, "name": "a"}


def test_a_number_without_a_range_has_no_slider():
    without = Control("cap", "Cap", optional=True).as_dict()
    with_one = Control("cap", "Cap", low=0, high=1, step=0.01).as_dict()

    assert "slider" not in without
    assert with_one["slider"]
    assert with_one["step"] == 0.01


def test_sentences_stand_in_their_section(form):
    form.show([Section("payment", "Payment", [])], {})
    form.say({"payment": [Sentence("Paid is nothing."), Sentence("Too low.", "warning")]})

    assert [line["kind"] for line in form.words["payment"]] == ["clause", "warning"]


def test_what_is_filled_in_stays_when_the_form_is_laid_out_anew(form):
    form.show([], {"a": 1})
    form.show([], {"b": 2})

    assert form.values == {"a": 1, "b": 2}


def test_a_page_says_what_breaks_a_rule():
    page = Page(lambda: "Title", lambda: None)

    def refuse(key, value):
        raise PbcError("too <low>.")

    page.guarded(refuse)("price", 1)

    assert page.message == "too <low>."
    assert "too &lt;low&gt;." in page._message.value
    assert "pbc-error" in page._message.value


def test_a_page_speaks_its_language_and_switches_it():
    heard = []
    page = Page(lambda: f"in {spoken()}", lambda: heard.append(spoken()), "id")

    page.guarded(lambda key, value: heard.append(spoken()))("a", 1)
    page._tools.press("language", "en")

    assert heard == ["id", "en"]
    assert page._heading.value == "<h1>in en</h1>"
    assert spoken() == "en"


def test_large_type_is_told_to_the_browser():
    page = Page(lambda: "Title", lambda: None)

    page._tools.press("large", True)

    assert page._frame.large


def test_progress_can_be_read_by_a_screen_reader():
    page = Page(lambda: "Title", lambda: None)

    page.progress(0.25, "simulating")
    shown = page._progress.value
    page.progress(None)

    assert 'aria-valuenow="25"' in shown
    assert page._progress.value == ""


def test_a_file_name_cannot_leave_its_attribute():
    assert 'download="a&quot; onclick=&quot;b"' in download("Save", 'a" onclick="b', "text")
