"""Nothing in the product runs what it reads: no pickle, no eval, no loading YAML, and XML only where it can ask for nothing: by lxml, entities and network off,
or by expat that ends at a document type, without which there are no entities."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared import ROOT

_XML = ("xml", "defusedxml", "xmltodict", "untangle", "bs4")
_WRITES = ("xml.sax.saxutils.escape", "xml.sax.saxutils.quoteattr")
_RUNS = ("pickle", "cPickle", "dill", "shelve", "marshal", "jsonpickle", "joblib")
_SWITCHED_OFF = {"resolve_entities": False, "no_network": True, "load_dtd": False}
_PARSERS = ("XMLParser", "HTMLParser", "XMLPullParser", "iterparse")
FILES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").rglob("*.py"), ROOT / "hatch_build.py"])


def _ends_at_a_document_type(tree: ast.AST) -> bool:
    """Whether a parser of expat is told what to do at one; that it is the end, the parser's own tests show."""
    return any(isinstance(node, ast.Attribute) and node.attr == "StartDoctypeDeclHandler" and isinstance(node.ctx, ast.Store) for node in ast.walk(tree))


def _wrong(tree: ast.AST) -> Iterator[str]:
    allowed = (*_WRITES, "xml.parsers.expat") if _ends_at_a_document_type(tree) else _WRITES
    for node in ast.walk(tree):
        names = ([alias.name for alias in node.names] if isinstance(node, ast.Import)
                 else [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) and node.module else [])
        yield from (f"{name}: XML is read by lxml, or by expat that ends at a document type" for name in names if name.partition(".")[0] in _XML and name not in allowed)
        yield from (f"{name}: it runs what it reads" for name in names if name.partition(".")[0] in _RUNS)
        if isinstance(node, ast.Call):
            yield from _wrong_call(node)


def _wrong_call(call: ast.Call) -> Iterator[str]:
    said = ast.unparse(call.func)
    last = said.rpartition(".")[2]
    words = {word.arg: word.value.value for word in call.keywords if word.arg and isinstance(word.value, ast.Constant)}
    if said in ("eval", "exec", "__import__"):
        yield f"{said}: it runs what it reads"
    if said in ("yaml.load", "yaml.unsafe_load", "yaml.full_load", "yaml.load_all") or words.get("allow_pickle"):
        yield f"{said}: it makes objects of what it reads"
    if said.startswith(("etree.", "lxml.")):
        if last in _PARSERS and any(words.get(name) is not value for name, value in _SWITCHED_OFF.items()):
            yield f"{said}: say {_SWITCHED_OFF}"
        if last in ("fromstring", "XML", "parse", "HTML") and not {"parser"} & {word.arg for word in call.keywords}:
            yield f"{said}: give it a parser whose entities and network are off"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_read_is_not_run(path: Path) -> None:
    assert list(_wrong(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("text", [
    "import pickle", "from pickle import loads", "import xml.etree.ElementTree as et", "from xml.sax import parse", "from xml.parsers import expat", "import defusedxml", "eval('1')",
    "exec(words)", "yaml.load(text)", "np.load(path, allow_pickle=True)", "etree.fromstring(body)", "lxml.etree.parse(path)", "etree.XMLParser()",
    "etree.XMLParser(resolve_entities=False)", "etree.iterparse(path, resolve_entities=True, no_network=True, load_dtd=False)"])
def test_the_rule_finds(text: str) -> None:
    assert list(_wrong(ast.parse(text)))


@pytest.mark.parametrize("text", [
    "import msgspec", "from xml.sax.saxutils import escape", "from xml.parsers import expat\nparser.StartDoctypeDeclHandler = never", "yaml.safe_load(text)", "model.eval()", "np.load(path, allow_pickle=False)",
    "etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)", "etree.fromstring(body, parser=parser)"])
def test_the_rule_lets_pass(text: str) -> None:
    assert not list(_wrong(ast.parse(text)))
