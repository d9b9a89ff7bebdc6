"""``minicloud``, or ``python3 -m minicloud``: the command."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any

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
        prog="minicloud", description="Amazon SQS, SNS, Kinesis, Lambda and more in this process, for tests."
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
    _add_serve(commands.add_parser("serve", help="serve a cloud to other processes and languages, over HTTP"))
    _commands_of_servers(commands)
    return parser


def _commands_of_servers(commands: Any) -> None:
    from .server.commands import add

    add(commands)


def _add_serve(serve: ArgumentParser) -> None:
    add = serve.add_argument
    add("--host", default="127.0.0.1", help="where to listen; whoever reaches it can change everything")
    add("--port", type=int, default=4566, help="0 for any that is free; 4566 by default")
    add("--clock", choices=("real", "virtual", "frozen"), default="real", help="how its time passes; real by default")
    add("--seed", help="what ids and choices follow from")
    add("--limits", choices=("aws", "strict", "relaxed"), default="relaxed", help="relaxed by default")
    add("--delivery", choices=("readable", "aws"), default="readable", help="aws: late, twice, out of order")
    add("--account", metavar="ID", help="the account of access keys that are no account's; 123456789012 by default")
    add("--region", metavar="NAME", help="of requests that do not say; us-east-1 by default")
    add("--allow-host", action="append", default=[], metavar="NAME", help="serve requests to this host, too")
    add("--allow-origin", action="append", default=[], metavar="ORIGIN", help="serve pages of this origin, too")
    add("--max-body", type=int, default=16 * 1024 * 1024, metavar="BYTES", help="of one request; 16 MiB by default")
    add("--max-connections", type=int, default=4_000, metavar="N", help="at a time; 4000 by default")
    add("--init", metavar="FILE", help="Python that is run first, with the name cloud")
    add("--no-control", action="store_true", help="have no control API and no page, /_minicloud/")
    add("--quiet", action="store_true", help="say nothing on standard error but what is wrong")
    add("--no-trace", action="store_true", help="do not record what happens")
    add("command", nargs="*", metavar="-- COMMAND", help="run this with the environment of a client, and end with it")
    serve.set_defaults(run=_serve)


def _serve(parsed: Namespace) -> int:
    from .cloud import Cloud
    from .exceptions import UsageError
    from .server.aio_command import serve

    try:
        cloud = Cloud(
            parsed.account,
            parsed.region,
            parsed.clock,
            parsed.seed,
            parsed.limits,
            delivery=parsed.delivery,
            trace=not parsed.no_trace,
        )
    except UsageError as error:
        print(f"minicloud serve: {error}", file=sys.stderr)
        return 2
    with cloud:
        if parsed.init is not None:
            status = _initialize(cloud, parsed.init)
            if status:
                return status
        options = {
            "host": parsed.host,
            "port": parsed.port,
            "allow_hosts": parsed.allow_host,
            "allow_origins": parsed.allow_origin,
            "most_of_a_body": parsed.max_body,
            "most_connections": parsed.max_connections,
            "control": not parsed.no_control,
        }
        try:
            return serve(cloud, options, parsed.command, quiet=parsed.quiet)
        except UsageError as error:
            print(f"minicloud serve: {error}", file=sys.stderr)
            return 2


def _initialize(cloud: Any, name: str) -> int:
    """Run a file for a cloud that nobody is served from yet; the status to end with.

    It may end early: ``sys.exit()`` says that all is well, and any other exit that nobody is to be served.

    What it prints goes to standard error: the first line on standard output says where the server listens, and who has
    started it waits for that.
    """
    from contextlib import redirect_stdout

    try:
        with open(name, "rb") as file:  # noqa: PTH123  # pathlib takes longer to load
            source = file.read()
    except OSError as error:
        print(f"minicloud serve: --init {name}: {error.strerror or error}", file=sys.stderr)
        return 2
    try:
        with redirect_stdout(sys.stderr):
            exec(compile(source, name, "exec"), {"__name__": "__main__", "cloud": cloud})
    except SystemExit as end:
        if not end.code:
            return 0
        why = f"exits with {end.code}" if isinstance(end.code, int) else f"exits: {end.code}"
        print(f"minicloud serve: --init {name} {why}, so nobody is served", file=sys.stderr)
        return end.code if isinstance(end.code, int) else 1
    except Exception:  # noqa: BLE001  # whatever the file raises ends the command
        import traceback

        traceback.print_exc()
        return 1
    return 0


def _render(parsed: Namespace) -> int:
    from .exceptions import UsageError
    from .inspection.jsonl import read
    from .inspection.report import report

    try:
        if parsed.file == "-":
            events = read(sys.stdin)
        else:
            with open(parsed.file, encoding="utf-8") as file:  # noqa: PTH123
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
