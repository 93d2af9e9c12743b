"""The role-play on a page: screens follow what was done, and say it in both languages."""

import ast
import itertools
import re
from pathlib import Path

import pytest

from pbc_sim.decision.game import ROLES, read_log
from pbc_sim.decision.game import __file__ as game_file
from pbc_sim.language import speaking, translated
from pbc_sim.show.apps.opening import Opening
from pbc_sim.show.apps.roleplay import __file__ as app_file
from pbc_sim.show.apps.roleplay.app import RolePlay


@pytest.fixture
def opening(repository, tmp_path):
    # Two quarters are soon played.
    story = (repository / "scenarios" / "role_play.yaml").read_text(encoding="utf-8")
    path = tmp_path / "role_play.yaml"
    path.write_text(story.replace("horizon: {months: 12}", "horizon: {months: 6}"))
    return Opening(path)


@pytest.fixture
def play(opening, tmp_path):
    return RolePlay(opening, tmp_path / "games")


def keys(app, form="form"):
    return [field["key"] for section in getattr(app, form).sections for field in section["fields"]]


def press_on(app):
    """Go through the game, pressing what is meant to be pressed; return the screens."""
    screens = []
    while app.looking is None:
        screens.append((app.at_the_screen, keys(app)))
        button = next(key for key in ("ready", "sign", "send") if key in keys(app))
        app.form.press(button)
        assert app.page.message in ("", "Done.")
    return screens


def test_one_computer_is_passed_round_to_the_end(play):
    play.form.press("here")

    screens = press_on(play)

    # A cover stands wherever another one moves, so that nobody sees another's page.
    order = [who for who, _keys in screens]
    assert order[:5] == [None, "buyer", None, "supplier", "supplier"]
    for before, now in itertools.pairwise(order):
        assert None in (before, now) or before == now
    for before, cover, after in zip(order, order[1:], order[2:], strict=False):
        assert cover is not None or before != after
    assert set(order) == {None, *ROLES}
    assert "The supplier earned" in play.top.value
    assert "What to talk about" in play.bottom.value


def test_the_year_is_over_at_once_and_nothing_can_be_pressed_while_it_is_reckoned(play):
    seen = []
    show_progress = play.page.progress

    def progress(share, message=""):
        seen.append((share, play.top.value, keys(play), play.page._body.children))
        show_progress(share, message)

    for role in ("buyer", "evaluator"):
        play.form.press(f"person.{role}", False)
    play.form.press("here")
    play.page.progress = progress
    press_on(play)
    reckoned = [one for one in seen if "The year is over" in one[1]]

    assert [share for share, *_rest in reckoned] == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, None]
    assert all(pressed == [] and body == (play.top,) for _, _, pressed, body in reckoned[:-1])
    assert "leave" in keys(play)


def test_the_cover_shows_nothing_of_any_role(play):
    play.form.press("here")

    assert keys(play) == ["ready"]
    assert "Hand the computer to the buyer" in play.top.value
    assert play.bottom not in play.page._body.children


def test_two_pages_meet_at_a_word(opening, tmp_path):
    first, second = (RolePlay(opening, tmp_path / "games") for _page in range(2))
    first.form.press("several")
    second.form.press("code", first.table.code)
    second.form.press("join")

    first.seats.press("take.buyer")
    second.look()

    assert "take.buyer" not in keys(second, "seats")
    second.seats.press("take.buyer")
    assert second.page.message == "the seat of the buyer is taken; choose another one."
    second.seats.press("take.supplier")
    first.form.press("send")
    second.look()
    assert keys(second) == ["sign", "refuse"]


def test_a_page_that_was_lost_comes_back_with_its_key(opening, tmp_path):
    first, again = (RolePlay(opening, tmp_path / "games") for _page in range(2))
    first.form.press("several")
    first.seats.press("take.supplier")

    again.form.press("code", first.table.code)
    again.form.press("key", first.table.player)
    again.form.press("join")

    assert again.table.mine == ["supplier"]


def test_what_is_not_allowed_is_said_in_the_message_line(play):
    play.form.press("code", "nowhere")
    play.form.press("join")

    assert "a word and two digits" in play.page.message
    assert "here" in keys(play)


def test_a_supplier_is_told_what_its_levers_cost_before_it_sends(play):
    for role in ("buyer", "evaluator"):
        play.form.press(f"person.{role}", False)
    play.form.press("here")
    play.form.press("sign")
    before = play.form.words["plan"][0]

    for lever in ("stock", "staff", "express"):
        play.form.press(f"lever.{lever}", "fast")

    after = play.form.words["plan"][0]
    assert (before["kind"], after["kind"]) == ("note", "warning")
    play.form.press("send")
    assert "is left; choose a cheaper lever" in play.page.message


def test_what_was_ticked_stays_ticked_while_others_move(play):
    play.form.press("person.evaluator", False)
    play.form.press("here")
    for button in ("ready", "send", "ready", "sign", "ready", "send", "ready"):
        play.form.press(button)
    ticked = next(key for key in keys(play) if key.startswith("complain."))

    play.form.press(ticked, True)
    play.show()

    assert play.form.values[ticked] is True
    play.form.press("send")
    assert play.table.game.moves[-1].content.complaints == (int(ticked.split(".")[1]),)


def test_a_game_is_looked_back_upon_from_its_log(play, opening, tmp_path):
    for role in ("buyer", "evaluator"):
        play.form.press(f"person.{role}", False)
    play.form.press("here")
    press_on(play)
    text = next((tmp_path / "games").glob("*.jsonl")).read_text(encoding="utf-8")

    other = RolePlay(opening, tmp_path / "elsewhere")
    other.form.press("log", {"name": "game.jsonl", "text": text})

    assert other.top.value == play.top.value
    assert read_log(text).life.money == play.looking.played


def test_every_screen_speaks_indonesian(play):
    play.page._tools.press("language", "id")
    play.form.press("here")
    seen = []
    while play.looking is None:
        seen.append(
            play.top.value + play.bottom.value + str(play.form.sections) + str(play.form.words)
        )
        play.form.press(next(key for key in ("ready", "sign", "send") if key in keys(play)))
    seen.append(play.top.value + play.bottom.value)

    text = re.sub(r"<[^>]*>", " ", " ".join(seen))
    amounts, words = r"Rp [\d.]+ (?:bn|m|k)", "the|you|and|quarter|supplier|orders|paper|flooded"
    english = re.findall(rf"\b(?:{words}|{amounts})\b", text)
    assert len(seen) > 10
    # The story has its words in both languages.
    assert "Berbasis kinerja, dengan klausul peninjauan" in text
    assert "Kertas" in text
    assert re.search(r"Jalan tergenang banjir|Truk penyedia mogok|Kantor tidak dapat", text)
    # Keys of fields and the source of the story are no words for people.
    assert [word for word in english if word not in ("supplier", "orders")] == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("log", {"text": "{"}, "bukan JSON"),
        ("log", {"text": '{"game": 0}'}, "apakah ini catatan permainan?"),
        ("log", {"text": '{"game": 1, "scenario": "title: 1"}'}, "skenario permainan:1"),
        ("log", {"text": '{"game": 1, "scenario": "x: 1"}'}, "kunci 'x' tidak dikenal"),
        ("join", None, "adalah satu kata dan dua angka"),
    ],
)
def test_what_is_not_allowed_is_said_in_indonesian(play, key, value, said):
    play.page._tools.press("language", "id")

    play.form.press(key, value)

    assert said in play.page.message


def messages():
    for folder in (Path(game_file).parent, Path(app_file).parent):
        for path in sorted(folder.glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "plural"):
                    said = node.args[0]
                    if isinstance(said, ast.Constant):
                        yield said.value


def test_nothing_is_left_untranslated():
    catalogue = Path(app_file).parents[3] / "locale" / "id" / "LC_MESSAGES"
    known = "".join(path.read_text(encoding="utf-8") for path in catalogue.glob("*.po"))
    missing = [
        said
        for said in messages()
        if f'msgid "{said.replace(chr(34), chr(92) + chr(34))}"' not in known
    ]

    assert len(list(messages())) > 100
    assert missing == []


def test_placeholders_survive_translation():
    with speaking("id"):
        for said in messages():
            assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", translated(said)))


def test_the_contract_is_said_in_whole_paragraphs(play):
    play.form.press("here")
    play.form.press("ready")

    found = re.search(r"<details open>.*?</details>", play.bottom.value, flags=re.DOTALL).group()

    assert "The “Buyer”" in found or "“Buyer” is the party that orders, receives and pays" in found
    assert "After every 3 reviews the target moves" in found


def test_all_roles_are_explained(play):
    from pbc_sim.show.apps.roleplay.notes import the_seat

    assert len({the_seat(role) for role in ROLES}) == len(ROLES)
