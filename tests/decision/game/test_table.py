"""Several share a log: no seat is taken twice, no line is lost, a damaged log is refused."""

import json

import pytest

from pbc_sim.decision.game import Answer, Move, Offer, begin, log_of, read_log, sit_down
from pbc_sim.errors import PbcError


@pytest.fixture
def code(tmp_path, setup):
    return begin(tmp_path, setup)


def test_a_seat_that_is_taken_stays_taken(tmp_path, code):
    first, second = sit_down(tmp_path, code), sit_down(tmp_path, code)
    first.take("buyer")

    with pytest.raises(PbcError, match="the seat of the buyer is taken"):
        second.take("buyer")
    with pytest.raises(PbcError, match="the seat of the buyer is taken"):
        second.hand_to_computer("buyer")
    second.take("supplier")
    assert first.refresh()
    assert set(first.seats) == {"buyer", "supplier"}
    assert first.mine == ["buyer"]


def test_who_comes_back_with_its_secret_has_its_seat(tmp_path, code):
    first = sit_down(tmp_path, code)
    first.take("buyer")

    assert sit_down(tmp_path, code, first.player).mine == ["buyer"]
    assert sit_down(tmp_path, code).mine == []


def test_only_who_sits_there_may_move(tmp_path, code):
    first, second = sit_down(tmp_path, code), sit_down(tmp_path, code)
    first.take("buyer")

    with pytest.raises(PbcError, match="you do not sit in the seat of the buyer"):
        second.play(Move("buyer", Offer()))
    first.play(Move("buyer", Offer()))
    second.refresh()
    assert len(second.game.moves) == 1


def test_a_move_that_another_page_made_first_is_not_made_twice(tmp_path, code):
    first = sit_down(tmp_path, code)
    first.take("buyer")
    same = sit_down(tmp_path, code, first.player)

    first.play(Move("buyer", Offer()))
    with pytest.raises(PbcError, match="not the turn of the buyer"):
        same.play(Move("buyer", Offer()))

    assert len(sit_down(tmp_path, code).game.moves) == 1


def test_a_refused_move_leaves_no_line(tmp_path, code):
    table = sit_down(tmp_path, code)
    table.take("buyer")
    before = table.path.read_text(encoding="utf-8")

    with pytest.raises(PbcError):
        table.play(Move("buyer", Offer(numbers={"payment.catalogue_price.factor": 9})))

    assert table.path.read_text(encoding="utf-8") == before


def test_the_computer_moves_in_the_seats_that_were_handed_to_it(tmp_path, code):
    table, other = sit_down(tmp_path, code), sit_down(tmp_path, code)
    table.take("buyer")
    other.hand_to_computer("supplier")
    table.play(Move("buyer", Offer()))

    other.refresh()
    assert other.let_computer_move()
    table.refresh()

    # It signs and chooses its plan and its claims; then the buyer is awaited.
    assert [move.kind for move in table.game.moves] == ["offer", "answer", "plan", "claims"]
    assert not table.let_computer_move()


def test_what_the_computer_had_can_be_taken_by_a_person(tmp_path, code):
    table = sit_down(tmp_path, code)
    table.hand_to_computer("evaluator")
    table.take("evaluator")

    assert table.mine == ["evaluator"]


@pytest.mark.parametrize("code", ["../../etc/passwd", "", "elang", "elang-1", "elang-42/.."])
def test_a_code_never_leaves_the_folder(tmp_path, code):
    with pytest.raises(PbcError, match="a word and two digits"):
        sit_down(tmp_path, code)


def test_a_code_that_nobody_gave_is_answered(tmp_path):
    with pytest.raises(PbcError, match="there is no game elang-42; check the word"):
        sit_down(tmp_path, "Elang-42 ")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda text: "{" + text, "line 1 of the game's log is no JSON"),
        (lambda text: text + "[]\n", "line 2 of the game's log is no entry"),
        (lambda text: text.replace('"game": 1', '"game": 9'), "does not begin as a game"),
        (lambda _text: "", "does not begin as a game"),
        (lambda text: text + '{"role": "buyer", "move": "jump"}\n', "unknown move 'jump'"),
        (lambda text: text + '{"role": "buyer", "move": "answer"}\n', "is made by the supplier"),
        (lambda text: text + '{"role": "supplier", "move": "answer"}\n', "signs: is missing"),
    ],
)
def test_a_damaged_log_is_refused_in_one_sentence(setup, damage, sentence):
    with pytest.raises(PbcError, match=sentence):
        read_log(damage(log_of(setup)))


def test_a_log_is_json_lines_that_people_can_read(setup):
    moves = (Move("buyer", Offer()), Move("supplier", Answer(signs=True)))
    header, *lines = map(json.loads, log_of(setup, moves).splitlines())

    assert (header["contract"], header["seed"]) == ("played", 1)
    assert lines == [
        {"role": "buyer", "move": "offer"},
        {"role": "supplier", "move": "answer", "signs": True},
    ]
