"""What AWS would say of a call, or of a delivery, by a queue's policy: minicloud refuses nothing for it, and tells.

Who may do what to a queue is its policy's to say, as far as it is about others: a service that delivers needs a
statement that allows it, and so does another account; an explicit Deny holds for the owner, too. [SQS developer guide:
custom policies; IAM user guide: policy evaluation logic] What IAM says of the caller is not known here.

A condition on something that is not known here leaves the answer open, and then nothing is told. Nothing of this runs
unless somebody watches, and the same is told once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from ...core.arns import caller_arn
from ...core.shown import shown
from ...core.world import Trace
from . import facts
from .attributes import QueueAttributes

__all__ = ["BY_POLICY", "RequestContext", "tell_refusal", "why_refused"]

BY_POLICY: Final = frozenset({"events", "s3", "sns"})
"""The services that deliver because a queue's policy lets them; the others do so by a role."""
_VERBS: Final = {
    "SendMessage": "send",
    "ReceiveMessage": "receive",
    "DeleteMessage": "delete",
    "ChangeMessageVisibility": "change visibility timeouts",
}


class RequestContext(NamedTuple):
    """Who wants to do what to a queue."""

    action: str
    """``"SendMessage"``"""
    account_id: str
    """Whose call it is; of a delivery, whose topic."""
    source_arn: str | None = None
    """The topic, rule or bucket that delivers; None for a call."""

    @property
    def who(self) -> str:
        """The one who asks."""
        return (
            f"account {self.account_id}"
            if self.source_arn is None
            else f"{self.source_arn.split(':')[2]}.amazonaws.com"
        )


class Queue(Protocol):
    """A queue, as far as its policy is concerned."""

    name: str
    arn: str
    attributes: QueueAttributes
    told_refusals: frozenset[tuple[str | None, RequestContext]]


def tell_refusal(trace: Trace, now: int, queue: Queue, asked: RequestContext, origin: str | None = None) -> None:
    """Tell, once for each policy, if AWS would not let this happen. O(1) but for the first time."""
    key = queue.attributes.policy, asked
    if key in queue.told_refusals:
        return
    queue.told_refusals |= {key}
    reason = why_refused(queue.attributes.policy, queue.name, queue.arn, asked)
    if reason is not None:
        facts.would_refuse(trace, now, queue, asked.action, asked.who, asked.source_arn, reason, origin)


def why_refused(policy: str | None, name: str, arn: str, asked: RequestContext) -> str | None:
    """Why AWS would refuse it; None when it would not, or when that is not for this policy alone to say."""
    may_be_allowed = asked.source_arn is None and asked.account_id == arn.split(":")[4]
    near = ""
    for statement in () if policy is None else _statements(policy):
        matches = _matches(statement, arn, asked)
        if statement["Effect"] == "Deny":
            if matches is None:
                return None
            if matches:
                return f"{_named(statement)} of the policy of {name} denies it"
        elif matches or matches is None:
            may_be_allowed = True
        else:
            near = near or _all_but_condition(statement, arn, asked)
    if may_be_allowed:
        return None
    if policy is None:
        return f"{name} has no policy, and has to have one that lets {asked.who} {_VERBS[asked.action]}"
    return f"no statement of the policy of {name} lets {asked.who} {_VERBS[asked.action]}{near}"


def _statements(policy: str) -> list[dict[str, Any]]:
    statements: Any = json.loads(policy)["Statement"]
    return statements if isinstance(statements, list) else [statements]


def _named(statement: dict[str, Any]) -> str:
    return f"the statement {shown(statement['Sid'], 80)}" if statement.get("Sid") else "a statement"


# --- does a statement match? True, False, or None where that is not known here ----------------------------------------

_Known = bool | None


def _matches(statement: dict[str, Any], arn: str, asked: RequestContext) -> _Known:
    return _all([_matches_without_condition(statement, arn, asked), _condition(statement, asked)])


def _matches_without_condition(statement: dict[str, Any], arn: str, asked: RequestContext) -> _Known:
    parts: list[_Known] = [
        _either(statement, "Principal", lambda value: _principal(value, arn, asked)),
        _either(statement, "Action", lambda value: any(_like(one, f"sqs:{asked.action}") for one in _list(value))),
    ]
    if "Resource" in statement or "NotResource" in statement:
        parts.append(_either(statement, "Resource", lambda value: any(_like(one, arn, True) for one in _list(value))))
    return _all(parts)


def _either(statement: dict[str, Any], name: str, holds: Any) -> _Known:
    """Whether a part of a statement holds, or what is excepted by its opposite (``NotAction``) does not."""
    if name in statement:
        known: _Known = holds(statement[name])
        return known
    known = holds(statement[f"Not{name}"])
    return None if known is None else not known


def _principal(value: Any, arn: str, asked: RequestContext) -> _Known:
    if value == "*":
        return True
    if "*" in _list(value.get("AWS", [])):
        return True
    if asked.source_arn is not None:
        return asked.who in _list(value.get("Service", []))
    account_id = asked.account_id
    partition, region_name = arn.split(":")[1], arn.split(":")[3]
    named = _list(value.get("AWS", []))
    if any(one in (account_id, f"arn:{partition}:iam::{account_id}:root") for one in named):
        return True
    if caller_arn(account_id, region_name) in named:
        return True
    # A user or a role of the account may be the caller; whom an id that is not an ARN means is not known.
    may_be = any(f":{account_id}:" in one or not (":" in one or one.isdecimal()) for one in named)
    return None if may_be else False


def _condition(statement: dict[str, Any], asked: RequestContext) -> _Known:
    return _all(
        _test(operator, key, _list(wanted), asked)
        for operator, tests in statement.get("Condition", {}).items()
        for key, wanted in tests.items()
    )


def _test(operator: str, key: str, wanted: list[Any], asked: RequestContext) -> _Known:
    """One test of a condition."""
    has = _value(key.lower(), asked)
    if has is None:
        return None
    if_exists = operator.endswith("IfExists")
    comparison = operator.removesuffix("IfExists")
    negated = "Not" in comparison
    comparison = comparison.replace("Not", "")
    if has == "":  # the request has no such key
        return True if if_exists or negated else comparison == "Null" and "true" in map(_text, wanted)
    if comparison in ("ArnEquals", "ArnLike", "StringLike"):
        holds = any(_like(_text(one), has, True) for one in wanted)
    elif comparison == "StringEquals":
        holds = has in wanted
    elif comparison in ("StringEqualsIgnoreCase", "Bool"):
        holds = has.lower() in [_text(one).lower() for one in wanted]
    elif comparison == "Null":
        return "false" in map(_text, wanted)
    else:
        return None
    return holds is not negated


def _value(key: str, asked: RequestContext) -> str | None:
    """What a request has under a key of conditions, empty where it has none; None where that is not known here."""
    if key == "aws:sourcearn":
        return asked.source_arn or ""
    if key == "aws:sourceaccount":
        return "" if asked.source_arn is None else asked.account_id
    if key == "aws:principalaccount":
        return asked.account_id if asked.source_arn is None else ""
    if key == "aws:securetransport":
        return "true"
    return None


def _all_but_condition(statement: dict[str, Any], arn: str, asked: RequestContext) -> str:
    """A remark on a statement that would allow it, if it were not for its condition."""
    if not statement.get("Condition") or _matches_without_condition(statement, arn, asked) is not True:
        return ""
    for operator, tests in statement["Condition"].items():
        for key, wanted in tests.items():
            if _test(operator, key, _list(wanted), asked) is False:
                has = _value(key.lower(), asked)
                is_ = f"it is {shown(has, 200)}" if has else "there is none"
                return f" ({_named(statement)} wants {key} to be {shown(wanted, 200)}, and {is_})"
    return ""


def _all(parts: Iterable[_Known]) -> _Known:
    known = list(parts)
    if False in known:
        return False
    return None if None in known else True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _like(pattern: str, text: str, is_exact: bool = False) -> bool:
    """Whether a pattern with ``*`` and ``?`` fits a text, in whatever case unless ``is_exact``."""
    return _compiled(pattern if is_exact else pattern.lower()).fullmatch(text if is_exact else text.lower()) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
