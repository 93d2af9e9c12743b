"""What does a text in YAML say, in plain values, and in which line does each of them stand?

Lives here: the only reading with the YAML library: no tags, no anchors, no key twice, limits on
size and depth. May not live here: what the values mean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from pbc_sim.errors import ScenarioError
from pbc_sim.inputs import printable
from pbc_sim.language import noted, spoken
from pbc_sim.language import translated as _

__all__ = ["Places", "built", "composed"]

MOST_NODES = 50_000
MOST_DEPTH = 32
#: What is ninety thousand where a point stands between thousands, and ninety in YAML.
THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d\d0")
SCALARS = YAML(typ="safe", pure=True).constructor
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
}


def composed(text: str, name: str) -> Node:
    """Return the node tree, after refusing anchors, and trees too large or too deep to walk."""
    depth = nodes = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.start_mark.line + 1
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise ScenarioError(
                    _said(
                        name,
                        line,
                        _("anchors and aliases are not allowed; write the values again."),
                    )
                )
            nodes += isinstance(event, NodeEvent)
            depth += isinstance(event, CollectionStartEvent)
            depth -= isinstance(event, CollectionEndEvent)
            if nodes > MOST_NODES:
                text = _("more than {most} values; split the scenario.")
                raise ScenarioError(_said(name, line, text.format(most=MOST_NODES)))
            if depth > MOST_DEPTH:
                text = _("more than {most} levels of nesting; write it flatter.")
                raise ScenarioError(_said(name, line, text.format(most=MOST_DEPTH)))
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise ScenarioError(_yaml_message(error, name)) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        text = _("character {shown} is not allowed in YAML; remove it.")
        raise ScenarioError(_said(name, line, text.format(shown=repr(error.character)))) from None
    if not isinstance(node, MappingNode):
        is_list = isinstance(node, SequenceNode)
        got = _("a list") if is_list else _("nothing or a single value")
        text = _("must be a mapping of sections, as title, and not {got}; see scenarios/.")
        raise ScenarioError(_said(name, 1, text.format(got=got)))
    return node


def _said(name: str, line: int, problem: str) -> str:
    return f"{name}:{line}: {problem}"


#: What a person can do about the parser's words.
YAML_HINTS = {
    "could not find expected ':'": noted("write a space after each colon, 'key: value'"),
    "mapping values are not allowed": noted(
        "check the indentation and put text with a colon in quotes"
    ),
    "another document": noted("one file holds one scenario, so remove the line '---'"),
    "expected <block end>": noted("check the indentation"),
    "found character '\\t'": noted("indent with spaces"),
}


def _yaml_message(error: MarkedYAMLError, name: str) -> str:
    mark = error.problem_mark or error.context_mark
    problem = " ".join((error.problem or "not valid YAML").split())
    begun = ""
    if error.context and error.context_mark and mark is not error.context_mark:
        text = _("{what} that begins in line {line}")
        what, line = " ".join(error.context.split()), error.context_mark.line + 1
        begun = f" ({text.format(what=what, line=line)})"
    hints = [_(way_out) for words, way_out in YAML_HINTS.items() if words in problem]
    hint = f"; {hints[0]}" if hints else ""
    # The parser's own words are English, so what is wrong is said before them.
    begins = "" if spoken() == "en" else _("not valid YAML") + ": "
    return _said(name, mark.line + 1 if mark else 1, f"{begins}{problem}{begun}{hint}.")


def built(node: Node, name: str) -> Any:
    """Return the plain value of a node: no tags, no merge keys, no key twice."""
    if node.tag not in PLAIN_TAGS:
        where = f"{name}:{node.start_mark.line + 1}"
        text = _("tags are not allowed, got {tag}; remove it.")
        raise ScenarioError(f"{where}: {text.format(tag=printable(node.tag))}")
    if isinstance(node, SequenceNode):
        return [built(item, name) for item in node.value]
    if not isinstance(node, MappingNode):
        return _scalar(node, name)
    section: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            text = _("a key must be a single word or number.")
            raise ScenarioError(_said(name, line, text))
        key = key_node.value if key_node.value == "<<" else _scalar(key_node, name)
        if key in section:
            text = _("duplicate key '{key}'; keep one of them.")
            raise ScenarioError(_said(name, line, text.format(key=printable(key))))
        section[key] = built(value_node, name)
    return section


def _scalar(node: Node, name: str) -> Any:
    where = f"{name}:{node.start_mark.line + 1}"
    if str(node.tag).endswith(":float") and THOUSANDS.fullmatch(node.value):
        point, whole = float(node.value), node.value.replace(".", "")
        text = _(
            "{shown} may be meant as {point} or as {whole}; write which, as {point} or {whole}."
        )
        words = text.format(shown=node.value, point=f"{point:g}", whole=whole)
        raise ScenarioError(f"{where}: {words}")
    try:
        return SCALARS.construct_object(node)
    except (YAMLError, ValueError, OverflowError):
        shown = printable(node.value)[:40]
        text = _("'{shown}' is no number or date that exists.")
        raise ScenarioError(f"{where}: {text.format(shown=shown)}") from None


@dataclass(frozen=True)
class Places:
    """Where each value stands in the file."""

    name: str
    root: Node

    def of(self, path: tuple[Any, ...]) -> str:
        """Return file and line of a path, or of the nearest section around it that is written."""
        node, line = self.root, self.root.start_mark.line
        for step in path:
            found = self._child(node, step)
            if found is None:
                continue
            key, node = found
            line = key.start_mark.line
        return f"{self.name}:{line + 1}"

    @staticmethod
    def _child(node: Node, step: Any) -> tuple[Node, Node] | None:
        if isinstance(node, MappingNode):
            return next((pair for pair in node.value if pair[0].value == str(step)), None)
        if isinstance(node, SequenceNode) and str(step).isdigit() and int(step) < len(node.value):
            item = node.value[int(step)]
            return item, item
        return None
