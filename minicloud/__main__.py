"""``minicloud``, or ``python3 -m minicloud``: the command."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from . import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status.

    Whoever reads what it prints may go away (``| head``): that ends it, without a word.
    """
    parsed = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # rather than to end where a terminal knows few characters
    try:
        status: int = parsed.run(parsed)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> ArgumentParser:
    """The subcommands; each sets ``run``, a function from what was parsed to the exit status."""
    parser = ArgumentParser(
        prog="minicloud", description="Amazon SQS, SNS, Kinesis and Lambda in this process, for tests."
    )
    parser.add_argument("--version", action="version", version=f"minicloud {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = commands.add_parser("demo", help="show what minicloud does: code, and what it makes happen")
    demo.add_argument("story", nargs="?", type=int, metavar="STORY", help="only the story of this number")
    demo.add_argument("--html", nargs="?", const="", metavar="FILE", help="also write what happened as a page")
    demo.set_defaults(run=_demo)
    render = commands.add_parser("render", help="show what happened, from a trace that was written as JSON lines")
    render.add_argument(
        "file", metavar="FILE", help="what trace.to_jsonl() or --minicloud-jsonl has written; - for stdin"
    )
    render.add_argument(
        "--lines", type=int, default=sys.maxsize, metavar="N", help="only so many lines of what happened"
    )
    render.add_argument("--width", type=int, default=60, metavar="N", help="how many characters of a body are shown")
    render.set_defaults(run=_render)
    return parser


def _render(parsed: Namespace) -> int:
    from .exceptions import UsageError
    from .inspection.jsonl import read
    from .inspection.report import report

    try:
        if parsed.file == "-":
            events = read(sys.stdin)
        else:
            with Path(parsed.file).open(encoding="utf-8") as file:
                events = read(file)
    except (OSError, UnicodeDecodeError, UsageError) as error:
        print(f"minicloud render: {parsed.file}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 1
    print(report(events, width=parsed.width, lines=parsed.lines))
    return 0


def _demo(parsed: Namespace) -> int:
    from .demo import run

    return run(parsed.story, parsed.html)


if __name__ == "__main__":
    sys.exit(main())
