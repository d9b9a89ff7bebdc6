#!/usr/bin/env python3
"""Writes docs/reference/command-line.md from the parser of the command: ``python3 docs/_tools/make_command_line.py``.

Not from what ``--help`` prints: each Python lays that out in its own way.
"""

from __future__ import annotations

import sys
from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from minicloud.__main__ import _parser

PAGE = Path(__file__).parents[1] / "reference" / "command-line.md"

_HEAD = """\
# The command

<!-- Written by docs/_tools/make_command_line.py from the command's parser. Do not edit. -->

`python3 -m minicloud COMMAND`, or `minicloud COMMAND` where it is installed. `--version` says which release it is,
`--help` of each command what is here. It ends with 0 when it did what it was asked, 2 for arguments that make no sense,
1 for what went wrong.

`demo` and `render` need nothing else. `serve` serves a cloud ([the endpoint](endpoint.md)); the commands below it ask a
server that runs, through its [control API](endpoint.md#the-control-api), and print for people: programs ask the API.
"""


def pages() -> dict[Path, str]:
    """The page, by where it is."""
    (commands,) = (action for action in _parser()._actions if isinstance(action, _SubParsersAction))
    parts = [_HEAD, "| command | does |", "|---|---|"]
    told = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    parts += [f"| [`{name}`](#{name}) | {told[name]} |" for name in commands.choices]
    for name, parser in commands.choices.items():
        parts += ["", f"## `{name}`", "", f"{_sentence(told[name])}.", "", *_command(name, parser)]
    return {PAGE: "\n".join(parts) + "\n"}


def _command(name: str, parser: ArgumentParser) -> Iterator[str]:
    actions = [action for action in parser._actions if action.dest != "help"]
    words = ["python3 -m minicloud", name, *(["[OPTIONS]"] if any(one.option_strings for one in actions) else [])]
    words += [_shown(action) for action in actions if not action.option_strings]
    yield f"```text\n{' '.join(words)}\n```"
    if actions:
        yield ""
        yield from map(_row, actions)


def _shown(action: Action) -> str:
    shown = str(action.metavar)
    if shown.startswith("-- "):  # what comes after two hyphens is another command
        return f"[{shown} ...]"
    return f"[{shown}]" if action.nargs == "?" else shown


def _row(action: Action) -> str:
    takes: Any = action.metavar or ("|".join(action.choices) if action.choices else action.dest.upper())
    if not action.option_strings:
        named = str(action.metavar)
    elif action.nargs == 0:
        named = ", ".join(action.option_strings)
    else:
        named = f"{', '.join(action.option_strings)} {f'[{takes}]' if action.nargs == '?' else takes}"
    text = action.help or ""
    choices = f"; `{action.default}` by default" if action.choices and action.default and "default" not in text else ""
    line = f"- `{named}`: {text}{choices}" if text else f"- `{named}`{choices}"
    return line if text or choices else line.rstrip(": ")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


if __name__ == "__main__":
    for place, written in pages().items():
        place.write_text(written, encoding="utf-8")
