"""A test with one of minicloud's fixtures sends no call to AWS, also where its real clients are in no mock."""

from __future__ import annotations

import pytest

from tests.support.runs import run_apart, run_inside

pytestmark = pytest.mark.needs("boto3")

SETUP = """
import boto3, minicloud, pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.httpsession import URLLib3Session

KEYS = {"aws_access_key_id": "AKIDREAL", "aws_secret_access_key": "s"}

def client(name="sqs", **options):
    return boto3.client(name, region_name="us-east-1", **options)

def refusal(action):
    with pytest.raises(minicloud.UsageError) as error:
        action()
    return str(error.value)

class Raw:
    def stream(self):
        yield b'{"QueueUrls":["elsewhere"]}'

def answer(request, **_):
    return AWSResponse(request.url, 200, {}, Raw())

"""


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/nothing")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def run(pytester: pytest.Pytester, tests: str, **outcomes: int) -> pytest.RunResult:
    pytester.makepyfile(SETUP + tests)
    result = run_inside(pytester)
    result.assert_outcomes(**outcomes)
    return result


def test_a_call_outside_of_a_mock_says_what_to_ask_for(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
ADVICE = (
    "ask for the fixture mock_aws as well, or mark the test @pytest.mark.minicloud(network=True)"
)

@pytest.mark.parametrize("keys", [{}, KEYS])
@pytest.mark.parametrize("service, method, name", [
    ("sqs", "list_queues", "sqs.ListQueues"),
    ("sns", "list_topics", "sns.ListTopics"),
    ("kinesis", "list_streams", "kinesis.ListStreams"),
])
def test_it(sqs, cloud, service, method, name, keys):
    found = refusal(getattr(client(service, **keys), method))
    assert found.startswith(f"this test has minicloud's fixture sqs, and {name} of a real client would call ")
    assert f"https://{service}.us-east-1.amazonaws.com" in found
    assert found.endswith(ADVICE)

def test_a_client_of_an_earlier_mock(sqs):
    with minicloud.mock_aws():
        kept = client()
        kept.list_queues()
    assert refusal(kept.list_queues).endswith(ADVICE)

def test_a_request_that_is_no_call(sns):
    request = AWSRequest("GET", "https://sqs.us-east-1.amazonaws.com/").prepare()
    found = refusal(lambda: URLLib3Session().send(request))
    assert found.startswith("this test has minicloud's fixture sns, and GET https://sqs.us-east-1.amazonaws.com/ would")
""",
        passed=8,
    )


def test_so_does_a_client_that_knows_no_region(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    tests = """
def test_it(sqs):
    boto3.client("sqs")

@pytest.mark.minicloud(network=True)
def test_let_go(sqs):
    boto3.client("sqs")

def test_plain():
    boto3.client("sqs")
"""
    result = run(pytester, tests, failed=3)
    told = [line for line in result.outlines if "no mock was active here" in line]
    assert [line.split(maxsplit=1)[1] for line in told] == [
        "no mock was active here: ask for the fixture mock_aws, and the test's cloud answers boto3's clients"
    ]


def test_it_holds_for_what_sets_the_test_up(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
@pytest.fixture(scope="session")
def early():
    return refusal(client(**KEYS).list_queues)

@pytest.fixture
def late(cloud):
    yield
    assert "this test has" in refusal(client(**KEYS).list_queues)

def test_it(early, late, mock_aws):
    assert "fixture mock_aws, and" in early
    assert "outside of the mock, so have the fixture that makes it ask for mock_aws, or mark" in early
    assert client().list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
""",
        passed=1,
    )


def test_what_does_not_go_to_aws_passes(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
import http.server, threading
from botocore.stub import Stubber

class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"QueueUrls":["local"]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

def test_a_server_of_this_machine(sqs):
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request).start()
        local = client(endpoint_url=f"http://127.0.0.1:{server.server_address[1]}", **KEYS)
        assert local.list_queues()["QueueUrls"] == ["local"]

def test_somebody_who_answers(sqs):
    other = client(**KEYS)
    other.meta.events.register("before-send", answer)
    assert other.list_queues()["QueueUrls"] == ["elsewhere"]
    stubbed = client(**KEYS)
    with Stubber(stubbed) as stubber:
        stubber.add_response("list_queues", {"QueueUrls": ["x"]})
        assert stubbed.list_queues()["QueueUrls"] == ["x"]

def test_somebody_who_stands_below_botocore(sqs, monkeypatch):
    import urllib3.connection
    from urllib3.exceptions import NewConnectionError
    def connect(self):
        raise NewConnectionError(self, "mine")
    other = client(config=Config(retries={"total_max_attempts": 1}), **KEYS)
    monkeypatch.setattr(urllib3.connection.HTTPSConnection, "connect", connect)
    with pytest.raises(Exception, match="Could not connect"):
        other.list_queues()

def test_clouds_and_mocks(sqs):
    sqs.list_queues()
    with minicloud.mock_aws():
        client().list_queues()

class TestOwnFixture:
    @pytest.fixture
    def sqs(self):
        made = client(**KEYS)
        made.meta.events.register("before-send", answer)
        return made

    def test_a_fixture_of_the_projects_own(self, sqs):
        from minicloud.boto.activation import state
        assert state.guard is None
        assert sqs.list_queues()["QueueUrls"] == ["elsewhere"]
""",
        passed=5,
    )


def test_the_marker_lets_calls_go_and_the_ini_file_holds_all(pytester: pytest.Pytester) -> None:
    tests = """
from minicloud.boto.activation import state

@pytest.mark.minicloud(network=True)
def test_marked(sqs):
    assert state.guard is None

def test_plain():
    if {held}:
        found = refusal(client(**KEYS).list_queues)
        assert found.startswith("minicloud_block_network = all, and sqs.ListQueues of a real client would call")
        assert "put mock_aws() around it, or ask for the fixture mock_aws, or mark" in found
    else:
        assert state.guard is None

@pytest.mark.minicloud(network=True)
class TestMarked:
    def test_it(self):
        assert state.guard is None
"""
    run(pytester, tests.format(held=False), passed=3)
    pytester.makeini("[pytest]\nminicloud_block_network = all")
    run(pytester, tests.format(held=True), passed=3)


@pytest.mark.parametrize(
    ("ini", "marker", "complaint"),
    [
        ("minicloud_block_network = always", "", "*minicloud_block_network: 'always': give all, or fixtures*"),
        ("", "@pytest.mark.minicloud(network='yes')", "*network='yes': give True*"),
    ],
)
def test_what_is_not_a_value_is_refused(pytester: pytest.Pytester, ini: str, marker: str, complaint: str) -> None:
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(f"import pytest\n{marker}\ndef test_it(): pass")
    result = run_inside(pytester)
    assert result.ret != 0
    assert any(complaint.strip("*") in line for line in result.outlines + result.errlines)


@pytest.mark.needs("aiobotocore")
def test_aiobotocore_is_held_as_well(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
from aiobotocore.session import get_session

@pytest.mark.parametrize("keys", [{}, KEYS])
async def test_it(sqs, keys):
    async with get_session().create_client("sqs", region_name="us-east-1", **keys) as real:
        with pytest.raises(minicloud.UsageError, match="fixture sqs, and sqs.ListQueues of a real client would call"):
            await real.list_queues()
""",
        passed=2,
    )


def test_botocore_may_be_imported_in_the_midst_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys, minicloud, pytest

        def test_first(sqs):
            assert "botocore" not in sys.modules
            assert "minicloud.boto.hooks" not in sys.modules

        def test_it(sqs):
            import boto3
            real = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
            with pytest.raises(minicloud.UsageError, match="this test has minicloud's fixture sqs"):
                real.list_queues()
        """
    )
    run_apart(pytester).assert_outcomes(passed=2)  # without other plugins, which may have imported it
