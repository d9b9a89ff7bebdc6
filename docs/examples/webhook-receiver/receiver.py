"""A webhook for SNS, as a WSGI application: it checks signatures, confirms itself, and keeps what it is told."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


class Receiver:
    """Takes posts of one topic; answers 403 to whatever is not signed by SNS, or is of another topic."""

    def __init__(self, topic: str, handle: Callable[[str], None]) -> None:
        self._topic, self._handle = topic, handle
        self._seen: set[str] = set()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """WSGI."""
        posted = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        try:
            status = self.receive(posted)
        except Exception:  # SNS tries again after a 5xx
            status = "500 Internal Server Error"
        start_response(status, [("Content-Type", "text/plain")])
        return [b""]

    def receive(self, posted: dict[str, str]) -> str:
        """What is answered."""
        if posted["Type"] not in SIGNED or posted["TopicArn"] != self._topic or not is_signed(posted):
            return "403 Forbidden"
        if posted["Type"] == "SubscriptionConfirmation":
            fetch(posted["SubscribeURL"])
        elif posted["MessageId"] not in self._seen:  # an answer that SNS did not get in time has it post again
            self._handle(posted["Message"])
            self._seen.add(posted["MessageId"])
        return "200 OK"


def is_signed(posted: dict[str, str]) -> bool:
    """Whether SNS has signed it."""
    certificate = x509.load_pem_x509_certificate(fetch(posted["SigningCertURL"]))
    text = "".join(f"{key}\n{posted[key]}\n" for key in SIGNED[posted["Type"]] if key in posted)
    digest = SHA256() if posted["SignatureVersion"] == "2" else SHA1()
    try:
        certificate.public_key().verify(base64.b64decode(posted["Signature"]), text.encode(), PKCS1v15(), digest)
    except InvalidSignature:
        return False
    return True


def fetch(url: str) -> bytes:
    """Of SNS's own hosts only: who posts a message chooses the URLs in it."""
    address = urlsplit(url)
    host = address.hostname or ""
    if address.scheme != "https" or not (host.startswith("sns.") and host.endswith(".amazonaws.com")):
        raise PermissionError(url)
    with urllib.request.urlopen(url) as answer:
        return bytes(answer.read())
