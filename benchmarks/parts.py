"""The parts of hot calls without which there can be none, in as little Python as they can be written in.

A target says of a call how many plain floors it may cost. Whether that can be had at all, these rows tell: each is the
sum of what a call of that kind has to do, written by hand as one function without a layer. It knows neither traces nor
faults nor metrics, has no general way for what is out of the ordinary but to give up, and can do nothing else.

What it does have is what every caller sees, or would miss: parameters of the right types, the lock, which an exception
does not leave held; the time, and the question whether something is due; the queue of that URL; a body of characters
that SQS carries, not too long, and its MD5; ids; a record of all that a receive can show; its place in the queue, where
it is found in order, by handle, by the end of its timeout and of its retention; the whole answer with its headers.

What a call takes beyond its parts is what the layers cost, and the questions of all that minicloud can do and this
cannot: read it beside the call itself, of the same run.
"""

from __future__ import annotations

import asyncio
import threading
from binascii import b2a_base64
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from hashlib import sha1
from time import thread_time_ns
from typing import Any

import minicloud
from minicloud.boto.pipeline_steps import compile_are_wrapped
from minicloud.core.ids import UuidStream
from minicloud.core.md5 import md5
from minicloud.services.sns import signature
from minicloud.services.sns.certificate import MODULUS
from minicloud.services.sqs.message_content import FORBIDDEN_CONTROLS_CHANGED

from .calls import CREDENTIALS, URL, bodies_of, has
from .fanout import SIGNED
from .floors import PlainQueue
from .report import Options, Progress, Row, ratio
from .rounds import Act, take_turns

__all__ = ["PartsOfFifoQueue", "PartsOfQueue", "parts", "parts_steps"]

PLAIN = "plain floor"
FOREVER = 1 << 63
SECOND = 1_000_000_000
TIMEOUT = 30 * SECOND
WINDOW = 300 * SECOND
MOST = 1_048_576
VISIBLE, IN_FLIGHT, GONE = 0, 1, 2
HEADERS = {
    "x-amzn-requestid": "",
    "date": "Thu, 01 Jan 2026 00:00:00 GMT",
    "content-type": "application/x-amz-json-1.0",
    "content-length": "106",
    "connection": "keep-alive",
}


class _Clock:
    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 1_767_225_600 * SECOND

    def time_ns(self) -> int:
        return self.now


class _Message:
    """What a receive can show."""

    __slots__ = (
        "body",
        "digest",
        "due",
        "first_received",
        "handle",
        "message_id",
        "receive_count",
        "received_at",
        "sender_id",
        "sent",
        "sequence",
        "state",
    )
    body: str
    digest: bytes
    due: int
    first_received: int
    handle: str
    message_id: str
    receive_count: int
    received_at: int
    sender_id: str
    sent: int
    sequence: int
    state: int


class _OrderedMessage(_Message):
    """The same of a FIFO queue."""

    __slots__ = ("deduplication_id", "group_id", "sequence_number")
    deduplication_id: str
    group_id: str
    sequence_number: str


class _State:
    """What is kept of one queue."""

    __slots__ = ("arrivals", "fresh", "handles", "hidden", "in_flight", "next_due", "sequence", "size")

    def __init__(self) -> None:
        self.arrivals: deque[_Message] = deque()
        self.fresh: deque[_Message] = deque()
        self.hidden: deque[tuple[int, int, _Message]] = deque()
        self.handles: dict[str, _Message] = {}
        self.size = self.in_flight = self.sequence = 0
        self.next_due = FOREVER


class PartsOfQueue:
    """Send, receive and delete in a standard queue, by hand. Raises ``NotImplementedError`` for what is not plain."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.time_ns = _Clock().time_ns
        self.next_due = FOREVER
        self.torn = False
        self.message_ids = UuidStream(b"messages of once")
        self.request_ids = UuidStream(b"requests of once")
        self.sender_id = "AIDA"
        self.dated = 0, FOREVER, HEADERS
        self.by_url: dict[str, Any] = {}
        self.renew()

    def renew(self) -> None:
        """Start over with an empty queue."""
        self.by_url[URL] = _State()

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:
        """As the real one, where all is plain."""
        if type(QueueUrl) is not str or type(MessageBody) is not str:
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _State = self.by_url[QueueUrl]
            data = MessageBody.encode()
            if not data or data.translate(FORBIDDEN_CONTROLS_CHANGED) != data or len(data) > MOST:
                raise NotImplementedError
            message = _Message()
            message.body = MessageBody
            message.digest = digest = md5(data).digest()
            pool = self.message_ids.pool
            message.message_id = message_id = pool.pop() if pool else self.message_ids.next()
            message.sent = now
            message.sender_id = self.sender_id
            message.state = VISIBLE
            message.receive_count = 0
            queue.sequence = message.sequence = queue.sequence + 1
            queue.arrivals.append(message)
            queue.size += 1
            queue.fresh.append(message)
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        begin, end, headers = self.dated
        if now < begin or now >= end:
            raise NotImplementedError
        headers = headers.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "MD5OfMessageBody": digest.hex(),
            "MessageId": message_id,
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            },
        }

    def receive_message(self, *, QueueUrl: str) -> dict[str, Any]:
        """As the real one, where all is plain. The headers' length is not found out: nobody looks."""
        if type(QueueUrl) is not str:
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _State = self.by_url[QueueUrl]
            if now >= queue.next_due:
                raise NotImplementedError
            message = queue.fresh[0]
            sequence = message.sequence
            handle = f"AQEB0123456789abcdef0123456789abcdef0123456789ab{sequence}/1="
            due = now + TIMEOUT
            message.receive_count = 1
            message.first_received = message.received_at = now
            message.handle = handle
            message.due = due
            message.state = IN_FLIGHT
            queue.fresh.popleft()
            queue.in_flight += 1
            queue.handles[handle] = message
            entry = due, sequence, message
            hidden = queue.hidden
            if hidden and entry < hidden[-1]:
                raise NotImplementedError
            hidden.append(entry)
            if due < queue.next_due:
                queue.next_due = due
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        headers = HEADERS.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "Messages": [
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": handle,
                    "MD5OfBody": message.digest.hex(),
                    "Body": message.body,
                }
            ],
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            },
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """As the real one, where all is plain."""
        if type(QueueUrl) is not str or type(ReceiptHandle) is not str:
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _State = self.by_url[QueueUrl]
            message = queue.handles[ReceiptHandle]
            if message.state != IN_FLIGHT or now >= queue.next_due:
                raise NotImplementedError
            message.state = GONE
            queue.in_flight -= 1
            queue.size -= 1
            del queue.handles[ReceiptHandle]
            if queue.hidden[0][2] is not message or queue.arrivals[0] is not message:
                raise NotImplementedError
            queue.hidden.popleft()
            queue.arrivals.popleft()
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        begin, end, headers = self.dated
        if now < begin or now >= end:
            raise NotImplementedError
        headers = headers.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            }
        }


class _Group:
    """A message group: what waits, and how many of it are in flight."""

    __slots__ = ("fresh", "in_line", "locked", "size")

    def __init__(self) -> None:
        self.fresh: deque[_OrderedMessage] = deque()
        self.in_line = False
        self.locked = self.size = 0


class _OrderedState:
    """What is kept of one FIFO queue."""

    __slots__ = (
        "accepted",
        "arrivals",
        "groups",
        "handles",
        "hidden",
        "in_flight",
        "next_due",
        "next_lapse",
        "number",
        "ready",
        "sequence",
        "size",
    )

    def __init__(self) -> None:
        self.arrivals: deque[_OrderedMessage] = deque()
        self.hidden: deque[tuple[int, int, _OrderedMessage]] = deque()
        self.handles: dict[str, _OrderedMessage] = {}
        self.groups: dict[str, _Group] = {}
        self.ready: deque[tuple[int, _Group]] = deque()
        self.accepted: dict[str, tuple[int, str, int, str]] = {}
        self.size = self.in_flight = self.sequence = 0
        self.next_due = self.next_lapse = FOREVER
        self.number = 18_849_000_000_000_000_000


class PartsOfFifoQueue(PartsOfQueue):
    """The same in a FIFO queue: groups, their order, and what was accepted under which id in the last five minutes."""

    def renew(self) -> None:
        """Start over with an empty queue."""
        self.by_url[URL] = _OrderedState()

    def send_in_order(
        self, *, QueueUrl: str, MessageBody: str, MessageGroupId: str, MessageDeduplicationId: str
    ) -> dict[str, Any]:
        """As the real one, where all is plain."""
        if (
            type(QueueUrl) is not str
            or type(MessageBody) is not str
            or type(MessageGroupId) is not str
            or type(MessageDeduplicationId) is not str
        ):
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _OrderedState = self.by_url[QueueUrl]
            if (
                now >= queue.next_lapse
                or not MessageDeduplicationId.isascii()
                or not MessageDeduplicationId.isprintable()
                or " " in MessageDeduplicationId
                or not 0 < len(MessageDeduplicationId) <= 128
                or MessageDeduplicationId in queue.accepted
            ):
                raise NotImplementedError
            data = MessageBody.encode()
            if not data or data.translate(FORBIDDEN_CONTROLS_CHANGED) != data or len(data) > MOST:
                raise NotImplementedError
            message = _OrderedMessage()
            message.body = MessageBody
            message.digest = digest = md5(data).digest()
            pool = self.message_ids.pool
            message.message_id = message_id = pool.pop() if pool else self.message_ids.next()
            message.sent = now
            message.sender_id = self.sender_id
            message.state = VISIBLE
            message.receive_count = 0
            message.group_id = MessageGroupId
            message.deduplication_id = MessageDeduplicationId
            number = queue.number
            message.sequence_number = sequence_number = str(number)
            queue.number = number + 256
            queue.sequence = sequence = message.sequence = queue.sequence + 1
            queue.arrivals.append(message)
            queue.size += 1
            group = queue.groups.get(MessageGroupId)
            if group is None:
                group = queue.groups[MessageGroupId] = _Group()
            group.size += 1
            group.fresh.append(message)
            if not group.in_line and not group.locked:
                group.in_line = True
                queue.ready.append((sequence, group))
            queue.accepted[MessageDeduplicationId] = now, message_id, number, MessageGroupId
            if queue.next_lapse == FOREVER:
                queue.next_lapse = now + WINDOW
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        begin, end, headers = self.dated
        if now < begin or now >= end:
            raise NotImplementedError
        headers = headers.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "MD5OfMessageBody": digest.hex(),
            "MessageId": message_id,
            "SequenceNumber": sequence_number,
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            },
        }

    def receive_message(self, *, QueueUrl: str) -> dict[str, Any]:
        """As the real one, where all is plain: the group whose head has waited longest, which is locked then."""
        if type(QueueUrl) is not str:
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _OrderedState = self.by_url[QueueUrl]
            if now >= queue.next_due or now >= queue.next_lapse:
                raise NotImplementedError
            _, group = queue.ready[0]
            message = group.fresh[0]
            sequence = message.sequence
            handle = f"AQEB0123456789abcdef0123456789abcdef0123456789ab{sequence}/1="
            due = now + TIMEOUT
            message.receive_count = 1
            message.first_received = message.received_at = now
            message.handle = handle
            message.due = due
            message.state = IN_FLIGHT
            queue.ready.popleft()
            group.in_line = False
            group.fresh.popleft()
            group.locked += 1
            queue.in_flight += 1
            queue.handles[handle] = message
            entry = due, sequence, message
            hidden = queue.hidden
            if hidden and entry < hidden[-1]:
                raise NotImplementedError
            hidden.append(entry)
            if due < queue.next_due:
                queue.next_due = due
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        headers = HEADERS.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "Messages": [
                {
                    "MessageId": message.message_id,
                    "ReceiptHandle": handle,
                    "MD5OfBody": message.digest.hex(),
                    "Body": message.body,
                }
            ],
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            },
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:
        """As the real one, where all is plain: the group stands in line again, if it has more, or is forgotten."""
        if type(QueueUrl) is not str or type(ReceiptHandle) is not str:
            raise NotImplementedError
        lock = self.lock
        try:
            lock.acquire()
            now = self.time_ns()
            if now >= self.next_due:
                raise NotImplementedError
            queue: _OrderedState = self.by_url[QueueUrl]
            message = queue.handles[ReceiptHandle]
            if message.state != IN_FLIGHT or now >= queue.next_due:
                raise NotImplementedError
            message.state = GONE
            queue.in_flight -= 1
            queue.size -= 1
            del queue.handles[ReceiptHandle]
            group = queue.groups[message.group_id]
            group.size -= 1
            group.locked -= 1
            if group.fresh and not group.locked:
                place = group.fresh[0].sequence
                ready = queue.ready
                if ready and place < ready[-1][0]:
                    raise NotImplementedError
                group.in_line = True
                ready.append((place, group))
            elif not group.size:
                del queue.groups[message.group_id]
            if queue.hidden[0][2] is not message or queue.arrivals[0] is not message:
                raise NotImplementedError
            queue.hidden.popleft()
            queue.arrivals.popleft()
            pool = self.request_ids.pool
            request_id = pool.pop() if pool else self.request_ids.next()
            lock.release()
        except BaseException:
            self.torn = True
            lock.release()
            raise
        begin, end, headers = self.dated
        if now < begin or now >= end:
            raise NotImplementedError
        headers = headers.copy()
        headers["x-amzn-requestid"] = request_id
        return {
            "ResponseMetadata": {
                "RequestId": request_id,
                "HTTPStatusCode": 200,
                "HTTPHeaders": headers,
                "RetryAttempts": 0,
            }
        }


def _sign(text: str) -> str:
    """A signature, as by the formula: nothing but hash, arithmetic and base64."""
    digest = int.from_bytes(sha1(text.encode(), usedforsecurity=False).digest(), "big")
    of_square, of_digest, constant = _CUBE
    number = (((digest + of_square) * digest + of_digest) * digest + constant) % MODULUS
    return b2a_base64(number.to_bytes(_SIZE, "big"), newline=False).decode()


def _boto3_client(make_api_call: Any = None) -> Any:
    """A client of boto3's, whose calls end in a function of ours if one is given."""
    import boto3

    client = boto3.client("sqs", **CREDENTIALS)
    if make_api_call is not None:
        client.__class__ = type("Client", (type(client),), {"_make_api_call": make_api_call})
    return client


def _least_of_boto3(native: Any) -> dict[str, Any]:
    """Clients of boto3's that hand a send on to a native one, by what they do beside."""
    from botocore.client import BaseClient
    from botocore.endpoint import Endpoint
    from botocore.httpsession import URLLib3Session

    methods = {"SendMessage": native.send_message}
    are_wrapped = compile_are_wrapped(BaseClient, Endpoint, [URLLib3Session])

    def hand_on(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        return methods[operation_name](**api_params)

    def hand_on_if_plain(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        if are_wrapped():
            raise NotImplementedError
        return methods[operation_name](**api_params)

    return {
        "boto3's client, which hands a send on": _boto3_client(hand_on),
        "the same, and asks whether it is wrapped": _boto3_client(hand_on_if_plain),
    }


_CUBE = signature._CUBE["1"]
_SIZE = signature._SIZE

# --- measuring -------------------------------------------------------------------------------------------------------


def parts_steps(options: Options) -> int:
    """How many steps ``parts`` reports."""
    return options.rounds + 1


def _sending(client: Any, bodies: list[str], renew: Callable[[], str]) -> Act:
    def act() -> float:
        url = renew()
        started = thread_time_ns()
        for body in bodies:
            client.send_message(QueueUrl=url, MessageBody=body)
        return (thread_time_ns() - started) / len(bodies)

    return act


def _cycling(client: Any, url: str, count: int) -> Act:
    def act() -> float:
        started = thread_time_ns()
        for _ in range(count):
            message = client.receive_message(QueueUrl=url)["Messages"][0]
            client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return (thread_time_ns() - started) / count

    return act


def _sending_in_order(send: Any, bodies: list[str], url: str, serial: Any) -> Act:
    groups = [f"group-{place % 10}" for place in range(len(bodies))]

    def act() -> float:
        tokens = [f"token-{next(serial)}" for _ in bodies]
        started = thread_time_ns()
        for body, group, token in zip(bodies, groups, tokens, strict=True):
            send(QueueUrl=url, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=token)
        return (thread_time_ns() - started) / len(bodies)

    return act


def _awaiting(
    loop: asyncio.AbstractEventLoop, send: Any, bodies: list[str], renew: Callable[[], str], turns: int = 0
) -> Act:
    """``turns``: after so many calls others have a turn; 0: never."""

    async def measured(url: str) -> float:
        started = thread_time_ns()
        for begin in range(0, len(bodies), turns or len(bodies)):
            for body in bodies[begin : begin + turns] if turns else bodies:
                await send(QueueUrl=url, MessageBody=body)
            if turns:
                await asyncio.sleep(0)
        return (thread_time_ns() - started) / len(bodies)

    return lambda: loop.run_until_complete(measured(renew()))


def _signing(sign: Callable[[str], str]) -> Act:
    def act() -> float:
        started = thread_time_ns()
        for _ in range(1_000):
            sign(SIGNED)
        return (thread_time_ns() - started) / 1_000

    return act


def _awaited(client: PartsOfQueue) -> Any:
    """The parts of a send as the coroutine function that they are with asyncio: the same code, compiled as such."""
    from inspect import CO_COROUTINE, getsource
    from textwrap import dedent

    names: dict[str, Any] = dict(globals())
    source = dedent(getsource(PartsOfQueue.send_message)).replace("def send_message", "async def send_message", 1)
    exec(compile(f"from __future__ import annotations\n{source}", "<parts, awaited>", "exec"), names)
    made = names["send_message"]
    assert made.__code__.co_flags & CO_COROUTINE
    return made.__get__(client)


def parts(options: Options, progress: Progress) -> list[Row]:
    """Each call beside its parts, in the same rounds."""
    bodies = bodies_of(options.calls)
    plain, standard, ordered = PlainQueue(), PartsOfQueue(), PartsOfFifoQueue()
    loop = asyncio.new_event_loop()

    def renew_plain() -> str:
        plain.waiting.clear()
        plain.in_flight.clear()
        return URL

    def renew_parts() -> str:
        standard.renew()
        return URL

    with ExitStack() as stack:
        stack.callback(loop.close)
        clouds = [stack.enter_context(minicloud.Cloud(clock="virtual", seed=1)) for _ in range(4)]
        native, fifo, under, awaited = (cloud.client("sqs") for cloud in clouds)

        def renewing(cloud: minicloud.Cloud, client: Any) -> Callable[[], str]:
            def renew() -> str:
                cloud.reset()
                url: str = client.create_queue(QueueName="bench")["QueueUrl"]
                return url

            return renew

        fifo_url = fifo.create_queue(QueueName="bench.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        url = renewing(clouds[0], native)()
        serial = iter(range(10**12))
        acts: dict[str, Act] = {
            f"{PLAIN}: send": _sending(plain, bodies, renew_plain),
            f"{PLAIN}: receive + delete": _cycling(plain, URL, len(bodies)),
            "send: its parts": _sending(standard, bodies, renew_parts),
            "receive + delete: their parts": _cycling(standard, URL, len(bodies)),
            "send": _sending(native, bodies, renewing(clouds[0], native)),
            "receive + delete": _cycling(native, url, len(bodies)),
            "FIFO send: its parts": _sending_in_order(ordered.send_in_order, bodies, URL, serial),
            "FIFO receive + delete: their parts": _cycling(ordered, URL, len(bodies)),
            "FIFO send": _sending_in_order(fifo.send_message, bodies, fifo_url, serial),
            "FIFO receive + delete": _cycling(fifo, fifo_url, len(bodies)),
            "the parts of a send, awaited": _awaiting(loop, _awaited(standard), bodies, renew_parts),
            "the same, others have every 256th turn": _awaiting(loop, _awaited(standard), bodies, renew_parts, 256),
            "asyncio: send": _awaiting(
                loop, clouds[3].async_client("sqs").send_message, bodies, renewing(clouds[3], awaited)
            ),
            "a signature: its parts": _signing(_sign),
            "a signature": _signing(signature.sign),
        }
        if has("boto3"):
            for name, client in _least_of_boto3(under).items():
                acts[name] = _sending(client, bodies, renewing(clouds[2], under))
            mock = stack.enter_context(minicloud.mock_aws(clock="virtual", seed=1))
            client = _boto3_client()
            acts["boto3: send"] = _sending(client, bodies, renewing(mock, client))
        times = take_turns(acts, options, progress, "parts")
    return _rows(times)


def _rows(times: dict[str, list[float]]) -> list[Row]:
    """Every figure, against the plain floor, or against the call in which it has its part."""
    against = {
        "the parts of a send, awaited": "send: its parts",
        "asyncio: send": "send",
        "the same, others have every 256th turn": "send: its parts",
        "boto3's client, which hands a send on": "send",
        "the same, and asks whether it is wrapped": "send",
        "boto3: send": "send",
        "a signature": "a signature: its parts",
    }
    rows = []
    for name, measured in times.items():
        reference = against.get(name)
        if reference is None and "signature" not in name and not name.startswith(PLAIN):
            reference = f"{PLAIN}: {'receive + delete' if 'receive' in name else 'send'}"
        found = None if reference is None else ratio(measured, times[reference])
        rows.append(Row.of(name, measured, "ns", reference, found))
    return rows
