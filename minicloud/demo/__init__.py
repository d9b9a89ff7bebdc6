"""The demo: short stories, the code of each beside what it makes happen in the cloud, on a virtual clock.

A story is a function (``stories``). Its source is run statement by statement, and the trace of each is shown beside
it: on a wide terminal to its right, on a narrow one below. It is the code that is shown that runs.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from ..cloud import Cloud
from ..core import facts
from ..core.chaos import Chaos
from ..core.shown import counted
from ..engine.clock import VIRTUAL_START
from ..inspection.bodies import bodies_of
from ..inspection.report import section
from ..inspection.text import describe, subject_of
from . import stories

__all__ = ["run"]

_WIDE = 100
"""From so many columns on, what happens stands to the right of the code."""
_GAP = " │ "
_PAGE = "minicloud-demo.html"
_PAGE_OF = 4
"""The story of the page where nobody has chosen one: the dead-letter queue."""
_UNSPOKEN = frozenset({facts.CALL, facts.KINESIS_POLL_FILLED, facts.SNS_MESSAGE_FANNED_OUT, facts.SQS_POLL_FILLED})
"""What other events say better, and calls that only look."""


def run(number: int | None = None, page: str | None = None) -> int:
    """Tell the stories, or one of them; returns the exit status. Takes a moment; the clock shows minutes.

    ``page`` is the file for a page of what happened, ``""`` for one of the demo's own naming; None for no page.
    """
    if number is not None and not 1 <= number <= len(stories.ALL) + 1:
        print(f"there is no story {number}: there are 1 to {len(stories.ALL) + 1}", file=sys.stderr)
        return 2
    teller = _Teller()
    teller.say("minicloud: SQS, SNS, Kinesis and Lambda in this process, on a clock that a test can move")
    started = time.perf_counter()
    passed = 0.0
    for place, story in enumerate((*stories.ALL, stories.an_order_is_shipped_once), 1):
        if number in (None, place):
            teller.title(place, story)
            cloud = _tell(teller, story) if place <= len(stories.ALL) else _search(teller, story)
            passed += (cloud.clock.now() - VIRTUAL_START).total_seconds()
            if page is not None and place == (number or _PAGE_OF):
                path = Path(page or _PAGE).resolve()
                cloud.trace.to_html(path)
                teller.say(f"\nWhat happened, as a page: {path}")
            cloud.close()
    teller.say(f"\n{passed:,.0f} seconds of AWS time in {(time.perf_counter() - started) * 1000:.0f} ms of yours.")
    return 0


def _tell(teller: _Teller, story: Callable[..., Any]) -> Cloud:
    """A story, with the report of its failure if it fails; returns its cloud."""
    cloud = Cloud(clock="virtual", seed="demo", trace=True)
    try:
        for source, mark in _steps(story, cloud):
            teller.beside(source, _happened(cloud, mark))
    except AssertionError as error:
        teller.beside(error.__notes__[-1], [])
        teller.report(error, cloud)
    return cloud


def _steps(story: Callable[..., Any], cloud: Cloud) -> Iterator[tuple[str, Any]]:
    """Runs the story; after each statement yields its source, and the mark in the trace at which it began.

    An ``AssertionError`` has the source of the statement that raised it as its last note.
    """
    lines, body = _body_of(story)
    names = {**vars(stories), "cloud": cloud, **{name: cloud.client(name) for name in ("sqs", "sns", "kinesis")}}
    first = body[0].lineno - 1
    for statement in body:
        last = statement.end_lineno or first
        shown = textwrap.dedent("\n".join(lines[first:last]))
        first = last
        mark = cloud.trace.mark()
        code = compile(ast.Module([statement], []), f"<story {story.__name__}>", "exec")
        try:
            exec(code, names)
        except AssertionError as error:
            error.add_note(shown)
            raise
        yield shown, mark


def _happened(cloud: Cloud, mark: Any) -> list[str]:
    """What a statement made happen, a line each; of what happens often in one place, the first and the last."""
    bodies = bodies_of(cloud.trace)
    events = [event for event in cloud.trace.since(mark) if event.kind not in _UNSPOKEN]
    lines = []
    for _, alike in groupby(
        sorted(events, key=lambda event: event.time_ns), lambda event: (event.kind, event.resource)
    ):
        texts = []
        for event in alike:
            subject = subject_of(event, bodies).partition(" ")[2] or subject_of(event, bodies)
            what = f"{subject}: {describe(event)}" if subject else describe(event)
            what = re.sub(r"shardId-0*(?=\d)", "shard ", what)
            texts.append(f"{event.time:%H:%M:%S}  {event.resource}  {what}")
        lines += texts if len(texts) < 5 else [texts[0], f"    ⋮ and {len(texts) - 2} more", texts[-1]]
    return lines


def _search(teller: _Teller, story: Callable[..., Any]) -> Cloud:
    """The simplest cloud in which a story fails: all its choices are the plainest, but for one.

    hypothesis finds it by trying at random, and then leaving out what does not matter (``minicloud.hypothesis``). Here,
    where hypothesis need not be installed, each single choice is tried in turn, which comes to the same.
    """
    for line in _lines_of(story):
        teller.beside(line, [])
    clouds = 1
    while not _fails(story, cloud := _cloud_of(draw := _Draw(clouds))):
        clouds += 1
    teller.say(
        f'\nThat holds with delivery="readable". With delivery="aws" a queue may do all that AWS\'s may: of '
        f"{draw.made} choices one is enough to break it, found in {counted(clouds, 'cloud')}:\n\n"
    )
    teller.lines(_happened(cloud, (None, 0)))
    return cloud


def _cloud_of(draw: _Draw) -> Cloud:
    return Cloud(clock="virtual", seed="demo", delivery=Chaos(draw), trace=True)


def _fails(story: Callable[..., Any], cloud: Cloud) -> bool:
    try:
        for _ in _steps(story, cloud):
            pass
    except AssertionError:
        return True
    cloud.close()
    return False


class _Draw:
    """Draws 0 each time, the plainest that may happen, but for one time, when it draws the least plain."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self.made = 0

    def __call__(self, choices: int) -> int:
        self.made += 1
        return choices - 1 if self.made == self._choice else 0


def _body_of(story: Callable[..., Any]) -> tuple[list[str], list[ast.stmt]]:
    """The lines of a story's function, and its statements, but for the docstring, which is the title."""
    source = textwrap.dedent(inspect.getsource(story))
    (function,) = ast.parse(source).body
    return source.splitlines(), function.body[1:]  # type: ignore[attr-defined]  # it is a function


def _lines_of(story: Callable[..., Any]) -> list[str]:
    """The lines of a story's statements."""
    lines, body = _body_of(story)
    return textwrap.dedent("\n".join(lines[body[0].lineno - 1 :])).splitlines()


class _Teller:
    """Prints stories as wide as the terminal is, in colours where it is one."""

    def __init__(self) -> None:
        self._width = shutil.get_terminal_size().columns
        self._colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def say(self, text: str) -> None:
        """A paragraph of the demo's own."""
        for paragraph in text.splitlines():
            # What has no blank inside, a path say, stays in one piece, so that it can be copied.
            lines = textwrap.wrap(paragraph, min(self._width, 120), break_long_words=False, break_on_hyphens=False)
            print("\n".join(lines))

    def title(self, place: int, story: Callable[..., Any]) -> None:
        """Begin a story."""
        self._left = max(len(line) for line in _lines_of(story))
        title = (inspect.getdoc(story) or "").rstrip(".")
        print(f"\n{self._in('1', f'{place}. {title}')}\n")

    def beside(self, code: str, happened: list[str]) -> None:
        """Code, and what it made happen."""
        if self._width < _WIDE:
            for line in code.splitlines():
                print(self._code(line))
            for line in happened:
                self._event(line, "    ", self._width)
            return
        lines = code.splitlines()
        while lines and not lines[0]:
            print(self._in("2", f"{' ' * self._left}{_GAP}").rstrip())
            lines = lines[1:]
        right = self._width - self._left - len(_GAP)
        told = [piece for line in happened for piece in _wrapped(line, right)]
        for number in range(max(len(lines), len(told))):
            line = lines[number] if number < len(lines) else ""
            event = told[number] if number < len(told) else ""
            padding = " " * (self._left - len(line))
            print(f"{self._code(line)}{padding}{self._in('2', _GAP)}{self._coloured(event)}".rstrip())

    def report(self, error: AssertionError, cloud: Cloud) -> None:
        """What pytest shows of a test that failed, with the section that the plugin adds."""
        print()
        for line in str(error).splitlines():
            print(self._in("31", f"E   {line}"))
        title, text = section(cloud, list(cloud.trace))
        print(f"{f' {title} ':-^{min(self._width, 120)}}")
        self.lines(text.splitlines())

    def lines(self, lines: list[str]) -> None:
        """What happened, without code."""
        for line in lines:
            self._event(line, "", self._width)

    def _event(self, line: str, indent: str, width: int) -> None:
        for piece in _wrapped(line, max(width - len(indent), 20)):
            print(f"{indent}{self._coloured(piece)}")

    def _code(self, line: str) -> str:
        before, mark, comment = line.partition("  # ")
        return f"{before}{self._in('2', mark + comment)}" if comment else line

    def _coloured(self, piece: str) -> str:
        return f"{self._in('36', piece[:8])}{piece[8:]}" if piece[2:3] == ":" else piece

    def _in(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours and text else text


def _wrapped(line: str, width: int) -> list[str]:
    """The line in pieces; the later ones begin below the text, not below the time."""
    return textwrap.wrap(line, width, subsequent_indent=" " * 10, drop_whitespace=True, break_on_hyphens=False) or [""]
