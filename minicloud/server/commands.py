"""What the commands do that speak to a server: ``python3 -m minicloud advance 30s`` and its like.

They are programs of their own, and know the control API only. What they print is for people: programs ask the API.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import Any, Final

from ..core.shown import counted, cut, escaped

__all__ = ["add"]

_WHERE: Final = "http://127.0.0.1:4566"
_TIMEOUT: Final = 600.0
"""Seconds: a clock that is moved far may have much to do."""
_WIDTH: Final = 100


class Failed(Exception):
    """A command cannot do what it is to do, and says why: ``status`` is 2 where what it was given makes no sense."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


def add(commands: Any) -> None:
    """Add the commands to those of a parser."""
    advance = _command(commands, "advance", _advance, "move the time of a server, and have all happen that is due")
    advance.add_argument("duration", metavar="DURATION", help="30s, 1h30m, 250ms, 2d, PT90S, or a number of seconds")
    _command(commands, "clock", _clock, "show the time of a server, and what is due next")
    _command(commands, "freeze", _freeze, "have the time of a server stand still")
    _command(commands, "thaw", _thaw, "have the time of a server go on")
    _command(commands, "status", _status, "show whether a server is there, its time, and its queues")
    _command(commands, "queues", _queues, "show the queues of a server, and how many messages are in them")
    messages = _command(commands, "messages", _messages, "show the messages of a queue, and receive none")
    messages.add_argument("queue", metavar="QUEUE", help="a name, a URL or an ARN")
    messages.add_argument("--state", choices=("visible", "delayed", "in_flight"), help="only those")
    messages.add_argument("--limit", type=int, metavar="N", help="only so many, the oldest")
    trace = _command(commands, "trace", _trace, "show what has happened in a server, as JSON lines")
    trace.add_argument("--follow", action="store_true", help="go on with what happens from then on")
    trace.add_argument("--kind", help="only events of this kind, or several behind commas: sqs.message, call")
    reset = _command(commands, "reset", _reset, "empty a server: its clock keeps its time")
    reset.add_argument(
        "--delivery", choices=("readable", "aws"), help="from then on in order and once, or as AWS may: late, twice"
    )


def _command(commands: Any, name: str, run: Any, what: str) -> ArgumentParser:
    made: ArgumentParser = commands.add_parser(name, help=what, description=what)
    made.add_argument("--url", help=f"of the server; AWS_ENDPOINT_URL by default, else {_WHERE}")

    def guarded(parsed: Namespace) -> int:
        try:
            run(parsed)
        except Failed as failure:
            sys.stderr.write(f"minicloud {name}: {failure}\n")
            return failure.status
        except KeyboardInterrupt:
            return 0
        return 0

    made.set_defaults(run=guarded)
    return made


# --- asking -----------------------------------------------------------------------------------------------------------


def _open(parsed: Namespace, method: str, path: str, accept: str = "application/json") -> Any:
    """What a server answers, as a file. Raises ``Failed``."""
    # Who serves does not wait for these to be loaded.
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    url = (parsed.url or os.environ.get("AWS_ENDPOINT_URL") or _WHERE).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise Failed(f"{escaped(url, 200)} is not the URL of a server: give one such as {_WHERE}", 2)
    try:
        request = Request(f"{url}/_minicloud/{path}", method=method, headers={"Accept": accept})
        # No proxy: the server is on this machine, or said by its own name.
        return build_opener(ProxyHandler({})).open(request, timeout=_TIMEOUT)
    except HTTPError as error:
        with error:
            raise Failed(_said(error, url), 2 if error.code == 400 else 1) from None
    except ValueError:
        raise Failed(f"{escaped(url, 200)} is not the URL of a server: give one such as {_WHERE}", 2) from None
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        why = getattr(reason, "strerror", None) or reason
        raise Failed(
            f"no server can be reached at {escaped(url, 200)} ({escaped(str(why), 200)}): start one with python3 -m "
            "minicloud serve, or say where it is by --url or AWS_ENDPOINT_URL"
        ) from None


def _said(error: Any, url: str) -> str:
    """What a server says that does not do it."""
    text = error.read(10_000).decode("utf-8", "replace")
    try:
        return str(json.loads(text)["error"])
    except (ValueError, TypeError, KeyError):
        pass
    if error.code == 404:
        return f"what listens at {escaped(url, 200)} has no control API: {escaped(text.strip(), 200) or 'not found'}"
    return f"{escaped(url, 200)} answers {error.code}: {escaped(text.strip(), 200)}"


def _ask(parsed: Namespace, method: str, path: str) -> Any:
    with _open(parsed, method, path) as answer:
        text = answer.read()
    try:
        return json.loads(text)
    except ValueError:
        raise Failed("what listens there is no server of minicloud: give its URL by --url") from None


def _query(**given: Any) -> str:
    from urllib.parse import urlencode

    return urlencode({name: value for name, value in given.items() if value is not None})


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


# --- the commands -----------------------------------------------------------------------------------------------------


def _advance(parsed: Namespace) -> None:
    try:
        query = _query(seconds=float(parsed.duration))
    except ValueError:
        query = _query(duration=parsed.duration)
    _say_clock(_ask(parsed, "POST", f"clock/advance?{query}"))


def _clock(parsed: Namespace) -> None:
    _say_clock(_ask(parsed, "GET", "clock"))


def _freeze(parsed: Namespace) -> None:
    _say_clock(_ask(parsed, "POST", "clock/freeze"))


def _thaw(parsed: Namespace) -> None:
    _say_clock(_ask(parsed, "POST", "clock/thaw"))


def _say_clock(clock: Any) -> None:
    pace = "" if clock["speed"] == 1 else f", {clock['speed']:g} times as fast"
    stands = ", standing still" if clock["frozen"] and clock["kind"] == "real" else pace
    _say(f"{clock['now']} ({clock['kind']} clock{stands})")
    if clock["next_due"] is None:
        _say("nothing is due")
    else:
        _say(f"next due: {clock['next_due']}, {escaped(clock['next_due_is'], 200)}")


def _status(parsed: Namespace) -> None:
    health = _ask(parsed, "GET", "health")
    place = f"account {health['account_id']}, {health['region_name']}"
    _say(f"minicloud {health['version']} is {health['status']}: {place}, seed={health['seed']!r}")
    _say_clock(_ask(parsed, "GET", "clock"))
    _queues(parsed)


def _queues(parsed: Namespace) -> None:
    queues = _ask(parsed, "GET", "queues")["queues"]
    if not queues:
        _say("there is no queue")
    width = max((len(queue["name"]) for queue in queues), default=0)
    for queue in queues:
        counts = queue["counts"]
        told = f"{counts['visible']} visible, {counts['delayed']} delayed, {counts['in_flight']} in flight"
        target = queue["dead_letter_target"]
        behind = "" if target is None else f"; dead letters go to {target.rpartition(':')[2]}"
        _say(f"{queue['name']:<{width}}  {told}{behind}")


def _messages(parsed: Namespace) -> None:
    from urllib.parse import quote

    query = _query(state=parsed.state, limit=parsed.limit)
    found = _ask(parsed, "GET", f"queues/{quote(parsed.queue, safe='')}/messages?{query}")["messages"]
    if not found:
        _say("there is no message")
    for message in found:
        state = message["state"].replace("_", " ")
        group = "" if message["group_id"] is None else f", group {escaped(message['group_id'], 80)}"
        until = "" if message["visible_at"] is None else f" until {message['visible_at']}"
        received = counted(message["receive_count"], "time")
        _say(f"{message['message_id']}  {state}{until}, received {received}{group}")
        _say(f"    {escaped(cut(message['body'], _WIDTH * 10))}")


def _trace(parsed: Namespace) -> None:
    query = _query(kind=parsed.kind)
    if not parsed.follow:
        with _open(parsed, "GET", f"trace?{query}") as answer:
            for line in answer:
                _say(line.decode().rstrip("\n"))
        return
    with _open(parsed, "GET", f"trace?{query}", "text/event-stream") as answer:
        for text in _events(answer):
            _say(text)
            sys.stdout.flush()


def _events(lines: Iterable[bytes]) -> Iterator[str]:
    """The data of server-sent events; ends with the server."""
    from http.client import HTTPException

    is_named = False
    try:
        for line in lines:
            text = line.decode().rstrip("\r\n")
            if text.startswith("event: "):
                is_named = True  # that the trace was cleared, which is no event of it
            elif text.startswith("data: ") and not is_named:
                yield text.removeprefix("data: ")
            elif not text:
                is_named = False
    except (OSError, HTTPException):
        return


def _reset(parsed: Namespace) -> None:
    _ask(parsed, "POST", f"reset?{_query(delivery=parsed.delivery)}")
    _say("the cloud is empty")
