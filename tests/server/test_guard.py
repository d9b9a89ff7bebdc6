"""Which hosts and pages are served, name by name, and what is said to the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import minicloud
from tests.server.support import Raw, request

SERVED = (
    "localhost",
    "LOCALHOST:1",
    "localhost.:4566",
    "a.b.localhost",
    "localhost.localstack.cloud:4566",
    "sqs.eu-west-1.localhost.localstack.cloud",
    "host.docker.internal",
    "minicloud",
    "my-host_1",
    "10.0.0.1:80",
    "[::1]",
    "[fe80::1]:4566",
    "sqs.us-east-1.amazonaws.com",
    "sqs.cn-north-1.amazonaws.com.cn",
    "sqs.us-east-1.api.aws",
    "mine.example",
    "MINE.example.:8080",
)
REFUSED = (
    "evil.example",
    "localhost.evil.example",
    "amazonaws.com.evil.example",
    "notlocalhost.example",
    "host.docker.internal.example",
    "mine.example.org",
    "a.mine.example",
    "1.2.3",
    "1.2.3.4.5",
    "[::1",
    "[::1]x",
    "[::1]:x",
    "[evil.example]",
    "local host",
    "localhost:80:80",
    "localhost~",
    "localhost.~",
    "~localhost",
)


@pytest.fixture
def raw(cloud: minicloud.Cloud) -> Iterator[Raw]:
    with cloud.serve(allow_hosts=["Mine.Example"], allow_origins=["https://App.example:8443/"]) as server:
        made = Raw(server.url)
        yield made
        made.close()


def test_hosts(raw: Raw) -> None:
    found = {}
    for _ in range(2):  # what was found is remembered
        for host in (*SERVED, *REFUSED):
            answer = Raw(raw.url).send(request("GET", "/_minicloud/health", host=host)).answer()
            found[host] = answer.status
            if answer.status == 403:
                assert answer.body.decode() == (
                    f"minicloud does not serve the host {host!r}: a page of another site may have sent this; if the "
                    "name is yours, start the server with --allow-host NAME\n"
                )
    assert found == {**dict.fromkeys(SERVED, 200), **dict.fromkeys(REFUSED, 403)}


def test_more_hosts_than_are_remembered(raw: Raw) -> None:
    for number in range(120):
        host = f"h{number}" if number % 2 else f"evil{number}.example"
        answer = Raw(raw.url).send(request("GET", "/_minicloud/health", host=host)).answer()
        assert answer.status == (200 if number % 2 else 403)


ORIGINS = {
    "http://localhost": 200,
    "https://localhost:3000": 200,
    "http://a.localhost": 200,
    "http://127.0.0.1:1": 200,
    "http://127.9.9.9": 200,
    "http://[::1]:3000": 200,
    "https://app.example:8443": 200,
    "https://APP.example:8443/": 200,
    "https://app.example": 403,
    "http://app.example:8443": 403,
    "http://10.0.0.1": 403,
    "http://localhost.evil.example": 403,
    "http://notlocalhost": 403,
    "http://[": 403,
    "null": 403,
    "": 403,
}


def test_origins(raw: Raw) -> None:
    found = {}
    for origin in ORIGINS:
        answer = Raw(raw.url).send(request("GET", "/_minicloud/health", {"Origin": origin})).answer()
        found[origin] = answer.status
        allowed = {name: value for name, value in answer.headers.items() if name.startswith(("access-", "vary"))}
        if answer.status == 200:
            assert allowed == {
                "access-control-allow-origin": origin,
                "vary": "Origin",
                "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-query-error,"
                "x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date",
            }
        else:
            assert allowed == {}
            assert answer.body.decode() == (
                f"minicloud does not serve pages of {origin!r}: if the page is yours, start the server with "
                "--allow-origin ORIGIN\n"
            )
    assert found == ORIGINS


def test_what_browsers_say(raw: Raw) -> None:
    for site, origin, status in (
        ("cross-site", None, 403),
        ("Cross-Site", None, 403),
        ("same-origin", None, 200),
        ("none", None, 200),
        ("cross-site", "http://localhost", 200),
    ):
        headers = {"Sec-Fetch-Site": site, **({"Origin": origin} if origin else {})}
        answer = Raw(raw.url).send(request("GET", "/_minicloud/health", headers)).answer()
        assert answer.status == status, (site, origin)
        if status == 403:
            assert answer.body == b"minicloud does not serve pages of other sites: see --allow-origin\n"


def test_what_a_browser_asks_first(raw: Raw) -> None:
    asked = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "x-amz-target,content-type",
        "Access-Control-Request-Private-Network": "True",
    }
    whole = raw.send(request("OPTIONS", "/", asked)).answer().headers
    assert {
        name: value for name, value in whole.items() if name.startswith("access-control") and "expose" not in name
    } == {
        "access-control-allow-origin": "http://localhost:3000",
        "access-control-max-age": "172800",
        "access-control-allow-methods": "PUT",
        "access-control-allow-headers": "x-amz-target,content-type",
        "access-control-allow-private-network": "true",
    }
    asked["Access-Control-Request-Private-Network"] = "false"
    del asked["Access-Control-Request-Method"], asked["Access-Control-Request-Headers"]
    bare = raw.send(request("OPTIONS", "/", asked)).answer().headers
    assert sorted(name for name in bare if name.startswith("access-control")) == [
        "access-control-allow-origin",
        "access-control-expose-headers",
        "access-control-max-age",
    ]
