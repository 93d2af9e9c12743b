"""Nothing is said in one language only, and no catalogue says what the program does not.

Catalogues of every part are read, and every module of the package is searched, so that a new part
is held to the same without a line here.
"""

import ast
import io
import re
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from pbc_sim.errors import PbcError
from pbc_sim.figures import MINUS, count, money, numeral, share, span
from pbc_sim.language import (
    LANGUAGES,
    Message,
    in_each_language,
    language_wanted,
    plural,
    said,
    speaking,
    spoken,
    translated,
)
from pbc_sim.performance.words import Words

#: By what a message is marked, and which of its arguments it is.
KEYWORDS = {
    "_": (1,),
    "translated": (1,),
    "noted": (1,),
    "Message": (1,),
    "plural": (1, 2),
    "cost_line": (2,),
}
#: Placeholders as of the parser of the standard library.
PERCENT = re.compile(r"%(?:\(\w+\))?[rsd]")
OTHER_LANGUAGES = [language for language in LANGUAGES if language != "en"]


def _first(messages):
    return messages[0] if isinstance(messages, (list, tuple)) else messages


@pytest.fixture(scope="module")
def in_source(repository):
    """Return every message of the package: the form for one, and all its forms."""
    found = {}
    for path in sorted((repository / "src" / "pbc_sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                messages = _messages(node)
                if messages:
                    found[messages[0]] = messages
    return found


@pytest.fixture(scope="module")
def said_by_name(repository):
    """Return what a form or a story may say without a mark: names, constants, shipped texts."""
    names = set()
    for path in sorted((repository / "src" / "pbc_sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for part in ("id", "attr", "arg", "name", "value"):
                text = getattr(node, part, None)
                if isinstance(text, str):
                    names.add(_as_name(text))
    stories = sorted((repository / "scenarios").rglob("*.yaml"))
    return names, "\n".join(path.read_text(encoding="utf-8") for path in stories)


def _as_name(text):
    return text.lower().replace(" ", "_")


def _messages(call):
    """Return the messages that a call marks: from the syntax tree, which sees into f-strings too.

    Babel's own extractor reads tokens, and below Python 3.12 an f-string is one token.
    """
    places = KEYWORDS.get(call.func.id, ())
    given = [call.args[place - 1] for place in places if len(call.args) >= place]
    return [
        part.value
        for part in given
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _catalogues(repository, language):
    folder = repository / "src" / "pbc_sim" / "locale" / language / "LC_MESSAGES"
    return {path.name: read_po(io.BytesIO(path.read_bytes())) for path in folder.glob("*.po")}


def _placeholders(text):
    named = {field for _literal, field, _spec, _conversion in Formatter().parse(text) if field}
    return named | set(PERCENT.findall(text))


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_message_of_the_source_is_translated(in_source, repository, language):
    known = {
        _first(message.id)
        for catalogue in _catalogues(repository, language).values()
        for message in catalogue
        if message.id and _first(message.string)
    }

    assert sorted(set(in_source) - known) == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_no_catalogue_translates_what_is_said_nowhere(
    in_source, said_by_name, repository, language
):
    names, texts = said_by_name
    stale = [
        (name, _first(message.id))
        for name, catalogue in _catalogues(repository, language).items()
        for message in catalogue
        if message.id
        and _first(message.id) not in in_source
        and _as_name(_first(message.id)) not in names
        and _first(message.id) not in texts
    ]

    assert stale == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_translations_hold_the_same_places_for_values(repository, language):
    differing = []
    for name, catalogue in _catalogues(repository, language).items():
        for message in filter(lambda message: message.id, catalogue):
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = set().union(*map(_placeholders, ids))
            differing += [(name, text) for text in strings if _placeholders(text) != wanted]

    assert differing == []


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_a_message_in_several_catalogues_is_said_in_one_way(repository, language):
    ways = {}
    for catalogue in _catalogues(repository, language).values():
        for message in filter(lambda message: message.id, catalogue):
            ways.setdefault(_first(message.id), set()).add(_first(message.string))

    assert {message: said for message, said in ways.items() if len(said) > 1} == {}


def test_indonesian_has_one_form_for_any_number(repository):
    for name, catalogue in _catalogues(repository, "id").items():
        header = dict(catalogue.mime_headers)
        assert header["Plural-Forms"] == "nplurals=1; plural=0;", name
        assert header["Language"] == "id", name
        plurals = [m for m in catalogue if isinstance(m.id, tuple)]
        assert all(len(message.string) == 1 for message in plurals), name


def test_marks_of_messages_are_found(in_source):
    """A message in each way of marking one, so that none of them is overlooked."""
    assert "Nothing found." in in_source  # _
    assert "possibly best" in in_source  # noted
    assert "which runs another term" in in_source  # Message
    assert in_source["{n} replication"][1] == "{n} replications"  # plural
    assert "sourcing surcharges" in in_source  # cost_line
    assert "On fresh futures" in in_source  # within an f-string


def test_message_is_english_as_text_and_said_in_the_language_spoken():
    message = Message("seen in {times} of {n} replications; run more before relying on it", **{
        "times": 2, "n": 40,
    })  # fmt: skip

    with speaking("id"):
        in_indonesian = said(message)

    assert message == "seen in 2 of 40 replications; run more before relying on it"
    assert in_indonesian.startswith("terlihat dalam 2 dari 40 replikasi")


def test_property_is_worked_out_once_for_each_language():
    asked = []

    class Greeting:
        @in_each_language
        def words(self):
            asked.append(spoken())
            return translated("yes")

    greeting = Greeting()
    first = [greeting.words, greeting.words]
    with speaking("id"):
        second = [greeting.words, greeting.words]

    assert (first, second, asked) == (["yes"] * 2, ["ya"] * 2, ["en", "id"])


def test_numbers_follow_the_language():
    def written():
        return (
            money(1_250_000_000, "IDR"), money(12_500, "IDR", exact=True), money(2.5e6, "IDR"),
            money(float("inf"), "IDR"), share(0.9951), count(1234.5), numeral(-0.5, "+.2f"),
            span("1", "2"),
        )  # fmt: skip

    with speaking("id"):
        indonesian = written()

    assert written() == (
        "IDR 1.25 bn", "IDR 12,500", "IDR 2.5 m", "IDR infinite", "99.5%", "1,234", "−0.50",
        "[1, 2]",
    )  # fmt: skip
    assert indonesian == (
        "Rp 1,25 miliar", "Rp 12.500", "Rp 2,5 juta", "Rp tak terhingga", "99,5%", "1.234",
        "−0,50", "[1; 2]",
    )  # fmt: skip


def test_plural_has_the_forms_of_the_language():
    forms = [plural("{n} hour", "{n} hours", n).format(n=n) for n in (1, 2)]
    with speaking("id"):
        indonesian = [plural("{n} hour", "{n} hours", n).format(n=n) for n in (1, 2)]

    assert forms == ["1 hour", "2 hours"]
    assert indonesian == ["1 jam", "2 jam"]


def test_language_is_named_or_that_of_the_environment_or_english(monkeypatch):
    monkeypatch.delenv("PBC_SIM_LANGUAGE", raising=False)
    assert language_wanted() == "en"
    monkeypatch.setenv("PBC_SIM_LANGUAGE", "id")
    assert (language_wanted(), language_wanted("en")) == ("id", "en")


def test_unknown_language_is_refused_with_the_known_ones():
    with (
        pytest.raises(PbcError, match="unknown language 'fr'; known: en, id"),
        speaking("fr"),
    ):
        pass


def test_no_message_parts_a_number_from_its_per_cent_sign(in_source, repository):
    translated_messages = [
        text
        for catalogue in _catalogues(repository, "id").values()
        for message in catalogue
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]

    parted = [text for text in [*in_source, *translated_messages] if re.search(r"[\d}] +%", text)]

    assert parted == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_clauses_and_tables_write_a_share_alike(language):
    words = Words(language, "IDR")
    with speaking(language):
        assert words.share(0.995) == share(0.995)
        assert share(-0.05, 0) == f"{MINUS}5%"
        assert money(-2.5e6, "IDR").startswith(MINUS)
        assert numeral(-0.5) in (f"{MINUS}0.5", f"{MINUS}0,5")
