"""Finds the string literals of a Swift file.

Only as much of the language as the guards need: comments are skipped, raw and multi-line literals are understood, and
an interpolation becomes `⟦…⟧`, which keeps its first words so that a guard can tell `\\(url: x)` from `\\(x)`.
Literals inside interpolations are found too.
"""
import re
from typing import NamedTuple

OPENING = re.compile(r'(#*)("""|")')
MARK = re.compile(r"⟦[^⟧]*⟧")


class Literal(NamedTuple):
    line: int
    text: str


def literals(source: str) -> list[Literal]:
    found: list[Literal] = []
    _code(source, 0, found, nested=False)
    return sorted(found)


def _code(source: str, at: int, found: list[Literal], nested: bool) -> int:
    """Reads code up to its end or, when nested, up to the parenthesis that closes an interpolation."""
    depth = 0
    while at < len(source):
        two = source[at : at + 2]
        if two == "//":
            at = _after(source, "\n", at)
        elif two == "/*":
            at = _after(source, "*/", at)
        elif opening := OPENING.match(source, at):
            at = _literal(source, opening, found)
        elif source[at] == ")" and nested and depth == 0:
            return at
        else:
            depth += {"(": 1, ")": -1}.get(source[at], 0)
            at += 1
    return at


def _literal(source: str, opening: re.Match, found: list[Literal]) -> int:
    hashes, quotes = opening.groups()
    closing, escape = quotes + hashes, "\\" + hashes
    line = source.count("\n", 0, opening.start()) + 1
    at, text = opening.end(), []
    while at < len(source) and not source.startswith(closing, at):
        if source.startswith(escape + "(", at):
            start = at + len(escape) + 1
            at = _code(source, start, found, nested=True) + 1
            text.append("⟦" + re.match(r"[\w.: ]*", source[start:]).group()[:40] + "⟧")
        elif source.startswith(escape, at):
            text.append(source[at : at + len(escape) + 1])
            at += len(escape) + 1
        else:
            text.append(source[at])
            at += 1
    found.append(Literal(line, "".join(text)))
    return at + len(closing)


def _after(source: str, end: str, at: int) -> int:
    place = source.find(end, at)
    return len(source) if place < 0 else place + len(end)
