"""What scripts of calls are made of."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

BIG = "é<&>\"'\r\n\t" + "x" * 50
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}'
ID_TOKEN = ".".join(
    urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b"{}", b'{"iss":"https://ci.example","sub":"job","aud":"sts.amazonaws.com","exp":99999999999}', b"x")
)

Call = tuple[str, str, dict[str, Any]]
