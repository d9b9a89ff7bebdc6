"""The code of archives: whose modules are whose, what it sees of the process, and how it fails."""

from __future__ import annotations

import gc
import io
import json
import linecache
import os
import sys
import types
import zipfile

import pytest

import minicloud
from minicloud import UsageError

from .archives import ROLE, archive


@pytest.fixture
def run(lambda_):
    """Runs a function: its answer, and the payload parsed."""

    def invoke(name="bill", event=None):
        answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(event))
        return answer, json.loads(answer["Payload"].read())

    return invoke


def zipped(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return content.getvalue()


def test_modules_are_private_to_a_function_and_live_from_run_to_run(make_function, run, lambda_):
    source = """
import utils
runs = 0
def handler(event, context):
    global runs
    runs += 1
    return utils.NAME, runs
"""
    for name in ("bill", "ship"):
        code = {"ZipFile": archive(source, utils=f"NAME = {name!r}\n")}
        make_function(name, Code=code)
    before = list(sys.meta_path), dict(os.environ)
    assert [run("bill")[1], run("ship")[1], run("bill")[1]] == [["bill", 1], ["ship", 1], ["bill", 2]]
    assert (list(sys.meta_path), dict(os.environ)) == before
    assert not {"app", "utils"} & sys.modules.keys()
    # Other code, or other settings, are another environment.
    lambda_.update_function_configuration(FunctionName="bill", MemorySize=256)
    assert run("bill")[1] == ["bill", 1]


def test_what_a_handler_sees_of_the_process(make_function, run, cloud, monkeypatch):
    monkeypatch.setenv("STAGE", "of the test")
    source = """
import os
def handler(event, context):
    names = ("STAGE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_NAME", "_HANDLER")
    assert os.environ["AWS_LAMBDA_FUNCTION_VERSION"] == context.function_version == "$LATEST"
    assert os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == str(context.memory_limit_in_mb) == "512"
    assert os.environ["AWS_LAMBDA_LOG_GROUP_NAME"] == context.log_group_name
    assert os.environ["AWS_LAMBDA_LOG_STREAM_NAME"] == context.log_stream_name
    return [os.environ.get(name) for name in names] + [__name__, __file__]
"""
    make_function(source=source, Environment={"Variables": {"STAGE": "dev"}}, MemorySize=512)
    region = ["us-east-1", "us-east-1"]
    assert run()[1] == ["dev", *region, "bill", "app.handler", "app", "/var/task/app.py"]
    assert os.environ["STAGE"] == "of the test"
    assert "_HANDLER" not in os.environ
    # A callable of the test's has the environment that it was given.
    seen = []
    cloud.function("own", lambda *_: seen.append(os.environ["STAGE"]), environment={"STAGE": "prod"})
    cloud.function("plain", lambda *_: seen.append(os.environ["STAGE"]))
    run("own")
    run("plain")
    assert seen == ["prod", "of the test"]


OF_LAMBDA = (
    *("AWS_EXECUTION_ENV", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT"),
    *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_INITIALIZATION_TYPE"),
)
"""What says that code runs in Lambda; only the code of archives has those of the first line."""


def of_lambda(name, runtime="python3.12"):
    """What the code of an archive finds there."""
    return [f"AWS_Lambda_{runtime}", "/var/runtime", "/var/task", name, "on-demand"]


def test_the_code_of_an_archive_finds_the_variables_of_lambda_s_environment(make_function, run, lambda_):
    """Also while it is imported. [Lambda developer guide: defined runtime environment variables]"""
    outside = dict(os.environ)
    make_function(
        source=f"import os\nfound = [os.environ[name] for name in {OF_LAMBDA}]\ndef handler(*_):\n    return found\n"
    )
    assert run()[1] == of_lambda("bill")
    lambda_.update_function_configuration(FunctionName="bill", Runtime="python3.13")
    assert run()[1] == of_lambda("bill", "python3.13")
    assert dict(os.environ) == outside
    # Nor does code that fails leave anything.
    for name, source in (("raises", "def handler(*_):\n    1 / 0\n"), ("cannot_be_imported", "1 / 0\n")):
        make_function(name, source)
        assert run(name)[1]["errorType"] == "ZeroDivisionError"
        assert dict(os.environ) == outside


def test_the_time_zone_and_the_trace_of_a_run_are_the_process_s(make_function, run, monkeypatch):
    """Lambda's time zone would be the process's for good once something calls mktime, and no trace is under way."""
    monkeypatch.setenv("TZ", "CET-1")
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    names = ("TZ", "_X_AMZN_TRACE_ID")
    source = f"import os\ndef handler(*_):\n    return [os.environ.get(name) for name in {names}]\n"
    make_function("bill", source)
    make_function("utc", source, Environment={"Variables": {"TZ": ":UTC"}})  # Lambda does not reserve it
    assert [run("bill")[1], run("utc")[1]] == [["CET-1", None], [":UTC", None]]
    assert os.environ["TZ"] == "CET-1"


def test_runs_inside_of_an_archive_s_have_each_the_variables_of_its_own(make_function, run, cloud, monkeypatch):
    """Of a chain of runs, each is inside of the one before."""
    monkeypatch.setenv("LAMBDA_TASK_ROOT", "of the test")
    outside = dict(os.environ)

    def handler(chain, context):
        found = [os.environ.get(name) for name in OF_LAMBDA]
        if chain:
            cloud.client("lambda").invoke(FunctionName=chain[0], Payload=json.dumps(chain[1:]))
        assert [os.environ.get(name) for name in OF_LAMBDA] == found
        return found

    monkeypatch.setitem(sys.modules, "of_the_test", types.SimpleNamespace(handler=handler))
    source = "from of_the_test import handler\n"
    make_function("bill", source)
    make_function("ship", source, Runtime="python3.11")
    cloud.function("plain", handler)
    cloud.function("own", handler, environment={"STAGE": "dev"})
    run("bill", ["plain", "ship", "own", "bill", "plain"])
    of_the_test = [os.environ.get(name) for name in OF_LAMBDA]
    assert [(one.function, one.result) for one in cloud.invocations] == [
        ("bill", of_lambda("bill")),
        ("plain", of_the_test),
        ("ship", of_lambda("ship", "python3.11")),
        ("own", [*of_the_test[:3], "own", "on-demand"]),  # its code is not where AWS has it
        ("bill", of_lambda("bill")),
        ("plain", of_the_test),
    ]
    assert dict(os.environ) == outside


def test_what_a_test_gives_its_handler_of_lambda_s_variables_ends_with_the_handler(run, cloud, lambda_):
    """CreateFunction refuses such names, so an archive that replaces the handler has Lambda's."""
    given = dict.fromkeys((*OF_LAMBDA, "AWS_REGION"), "of the test")
    names = [*OF_LAMBDA, "AWS_REGION", "STAGE"]
    cloud.function("bill", lambda *_: [os.environ.get(name) for name in names], environment={**given, "STAGE": "dev"})
    assert run()[1] == ["of the test"] * 6 + ["dev"]
    source = f"import os\ndef handler(*_):\n    return [os.environ.get(name) for name in {names}]\n"
    lambda_.update_function_code(FunctionName="bill", ZipFile=archive(source))
    settings = {"Handler": "app.handler", "Runtime": "python3.12"}
    lambda_.update_function_configuration(FunctionName="bill", **settings)
    assert run()[1] == [*of_lambda("bill"), "us-east-1", "dev"]


def test_tracebacks_show_the_function_s_own_lines(make_function, run, cloud):
    for name in ("bill", "ship"):
        source = f"# of {name}\nimport inner.deep\ndef handler(event, context):\n    return inner.deep.{name}(event)\n"
        deep = f"\n\ndef {name}(event):\n    return event['{name}']\n"
        files = {"app.py": source, "inner/__init__.py": "", "inner/deep.py": deep}
        make_function(name, Code={"ZipFile": zipped(**files)})
    for name in ("bill", "ship", "bill"):
        _, error = run(name, {})
        assert error["errorType"] == "KeyError"
        assert error["stackTrace"] == [
            f'  File "/var/task/app.py", line 4, in handler\n    return inner.deep.{name}(event)\n',
            f"  File \"/var/task/inner/deep.py\", line 4, in {name}\n    return event['{name}']\n",
        ]
    assert '\xa0\xa0File "/var/task/app.py", line 4, in handler' in cloud.invocations.last.log
    assert linecache.getline("/var/task/app.py", 1) == "# of bill\n"


@pytest.mark.parametrize(
    ("source", "handler", "kind", "text"),
    [
        (
            "import no_such_module\n",
            "app.handler",
            "ImportModule",
            "Unable to import module 'app': No module named 'no_such_module'",
        ),
        ("", "other.handler", "ImportModule", "Unable to import module 'other': No module named 'other'"),
        ("", "pytest.main", "ImportModule", "Unable to import module 'pytest': No module named 'pytest'"),  # the test's
        ("", "app.handler", "HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def f(:\n", "app.handler", "UserCodeSyntax", "Syntax error in module 'app': invalid syntax (app.py, line 1)"),
        (
            "",
            "handler",
            "MalformedHandlerName",
            "Bad handler 'handler': not enough values to unpack (expected 2, got 1)",
        ),
        ("", "sys.exit", "BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        ("1 / 0\n", "app.handler", "", "division by zero"),
        (
            "def handler(event):\n    pass\n",
            "app.handler",
            "",
            "handler() takes 1 positional argument but 2 were given",
        ),
        (
            "async def handler(*_):\n    pass\n",
            "app.handler",
            "Marshal",
            "Unable to marshal response: Object of type coroutine is not JSON serializable",
        ),
    ],
)
def test_code_that_cannot_be_run(cloud, source, handler, kind, text):
    client = cloud.client("lambda")
    given = {"Role": ROLE, "Runtime": "python3.12", "Handler": handler, "Code": {"ZipFile": archive(source)}}
    client.create_function(FunctionName="bill", **given)
    for _ in range(2):
        answer = client.invoke(FunctionName="bill")
        error = json.loads(answer["Payload"].read())
        assert answer["FunctionError"] == "Unhandled"
        names = {
            "ImportModule": "ImportModuleError",
            "UserCodeSyntax": "UserCodeSyntaxError",
            "Marshal": "MarshalError",
        }
        if kind:
            assert error["errorType"] == f"Runtime.{names.get(kind, kind)}"
        assert error["errorMessage"] == text
    assert "app" not in sys.modules


def test_of_a_coroutine_that_nobody_awaits_nobody_is_warned(make_function, run, recwarn):
    make_function(source="async def handler(*_):\n    pass\n")
    assert run()[1]["errorType"] == "Runtime.MarshalError"
    gc.collect()
    assert [str(one.message) for one in recwarn if "never awaited" in str(one.message)] == []


def test_a_timeout_or_an_exit_ends_the_environment(make_function, run, cloud):
    source = """
runs = 0
def handler(event, context):
    global runs
    runs += 1
    if event == "exit":
        raise SystemExit(1)
    if event == "wait":
        import minicloud_of_the_test
        minicloud_of_the_test.sleep(60)
    return runs
"""
    make_function(source=source)
    module = type(sys)("minicloud_of_the_test")
    module.sleep = cloud.sleep
    sys.modules["minicloud_of_the_test"] = module
    try:
        assert [run()[1], run()[1]] == [1, 2]
        assert run("bill", "wait")[1]["errorType"] == "Sandbox.Timedout"
        assert [run()[1], run()[1]] == [1, 2]
        assert run("bill", "exit")[1]["errorType"] == "Runtime.ExitError"
        assert run()[1] == 1
    finally:
        del sys.modules["minicloud_of_the_test"]


def test_code_of_an_archive_lasts_as_long_as_a_fault_has_it(make_function, run, cloud):
    make_function()
    cloud.faults.delay(2, function="bill", nth=2)
    for _ in range(2):
        run()
    assert [one.duration for one in cloud.invocations] == [0, 2]


def test_code_that_runs_no_more_is_forgotten(make_function, run, lambda_):
    """With what it has imported and made, when other code of its function has run."""
    source = """
import probe, weakref
class Made: pass
made = Made()
probe.append(weakref.ref(made))
def handler(event, context):
    return len(probe.made)
"""
    probe = types.ModuleType("probe")
    probe.made = []
    probe.append = probe.made.append
    sys.modules["probe"] = probe
    try:
        make_function("kept", source=source)
        make_function("bill", source=source)
        assert [run("kept")[1], run("bill")[1], run("bill")[1]] == [1, 2, 2]
        lambda_.update_function_code(FunctionName="bill", ZipFile=archive(source + "# new"))
        assert [run("bill")[1], run("kept")[1]] == [3, 3]
        gc.collect()
        assert [one() is None for one in probe.made] == [False, True, False]
    finally:
        del sys.modules["probe"]


def test_code_of_a_cloud_that_was_reset_is_forgotten(make_function, run, cloud):
    source = """
import probe, weakref
class Made: pass
made = Made()
probe.made = weakref.ref(made)
def handler(event, context):
    return "done"
"""
    probe = types.ModuleType("probe")
    sys.modules["probe"] = probe
    try:
        make_function(source=source)
        assert run()[1] == "done"
        gc.collect()
        assert probe.made() is not None
        cloud.reset()
        gc.collect()
        assert probe.made() is None
    finally:
        del sys.modules["probe"]


def test_what_fails_before_the_handler_is_called(make_function, run, cloud):
    """Whatever it raises: that is how the run ends, and it is not begun anew."""
    called = []

    def takes(event):
        raise RuntimeError("no idea")

    cloud.function("own", lambda *_: called.append(1), takes=takes)
    make_function("bill", source="raise RuntimeError('no idea')\n")
    for name in ("own", "bill"):
        answer, payload = run(name)
        assert answer["FunctionError"] == "Unhandled"
        assert (payload["errorType"], payload["errorMessage"]) == ("RuntimeError", "no idea")
    assert (len(cloud.invocations), called) == (2, [])


def test_code_that_python_s_own_tools_look_at(make_function, run):
    source = """
from __future__ import annotations
import dataclasses, importlib, json, pickle, pkgutil, typing
import pytest
@dataclasses.dataclass
class Order:
    number: int
    lines: typing.ClassVar[list[str]]
def handler(event, context):
    assert typing.get_type_hints(Order)["number"] is int
    assert importlib.import_module("late").VALUE == 5
    data = pkgutil.get_data("pkg", "data.json")
    try:
        pkgutil.get_data("pkg", "other.json")
    except FileNotFoundError as error:
        assert str(error).endswith("pkg/other.json")
    else:
        raise AssertionError
    assert __spec__.loader.get_source("late") == "VALUE = 5\\n"
    assert __spec__.loader.get_source("nowhere") is None
    return [pickle.loads(pickle.dumps(Order(7))).number, json.loads(data), pytest.__name__]
"""
    files = {"app.py": source, "late.py": "VALUE = 5\n", "pkg/__init__.py": "", "pkg/data.json": "[1]"}
    make_function(Code={"ZipFile": zipped(**files)})
    assert run()[1] == [7, [1], "pytest"]


def test_what_the_test_s_environment_has_to_give(make_function, run):
    files = {
        "app.py": "import json, fast\ndef handler(*_):\n    return [hasattr(json, 'MINE'), fast.__file__]\n",
        "json.py": "MINE = True\n",
        "fast/__init__.py": "",
        "fast/speedups.so": "",
    }
    make_function(Code={"ZipFile": zipped(**files)})
    # A package with compiled parts cannot come from memory, and the test has none of that name.
    assert run()[1]["errorMessage"] == "Unable to import module 'app': No module named 'fast'"
    make_function("other", source="import json\ndef handler(*_):\n    return hasattr(json, 'MINE')\n")
    assert run("other")[1] is False


def test_a_handler_in_a_folder_and_aliases_of_versions(make_function, run, lambda_):
    files = {
        "src/app.py": "import src.more\ndef handler(*_):\n    return src.more.VERSION\n",
        "src/more.py": "VERSION = 1\n",
    }
    make_function(Code={"ZipFile": zipped(**files)}, Handler="src/app.handler", Publish=True)
    files["src/more.py"] = "VERSION = 2\n"
    lambda_.update_function_code(FunctionName="bill", ZipFile=zipped(**files))
    assert [run("bill:1")[1], run("bill")[1], run("bill:1")[1]] == [1, 2, 1]


def test_what_cannot_be_run_here_is_said(cloud):
    client = cloud.client("lambda")
    given = {"Role": ROLE, "FunctionName": "bill"}
    client.create_function(**given, Runtime="nodejs22.x", Handler="app.handler", Code={"ZipFile": archive()})
    text = (
        "the function 'bill' is made for nodejs22.x, and minicloud runs Python: give it a handler with "
        r"cloud.function\('bill', handler\)"
    )
    with pytest.raises(UsageError, match=text):
        client.invoke(FunctionName="bill")
    assert cloud.invocations.last.outcome == "error"
    cloud.function("bill", lambda *_: "run")
    assert client.invoke(FunctionName="bill")["Payload"].read() == b'"run"'
    assert client.get_function(FunctionName="bill")["Configuration"]["Runtime"] == "nodejs22.x"
    image = {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/bill:1"}
    client.create_function(FunctionName="image", Role=ROLE, PackageType="Image", Code=image)
    with pytest.raises(UsageError, match=r"is the image .* and minicloud runs no containers"):
        client.invoke(FunctionName="image")


@pytest.mark.needs("boto3")
def test_boto3_inside_is_answered(lambda_, make_function, run, cloud):
    import boto3

    source = """
import boto3
def handler(event, context):
    return boto3.client("sqs").send_message(QueueUrl=event, MessageBody="from inside")["MessageId"]
"""
    boto3.client("sqs", region_name="us-east-1")
    with minicloud.mock_aws(cloud=cloud):
        make_function(source=source)
        url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        assert len(run("bill", url)[1]) == 36
    assert cloud.queue("q").bodies == ["from inside"]


def test_a_module_that_the_test_has_imported_is_not_the_function_s(make_function, run, monkeypatch):
    """Neither the handler's own, nor one that it imports, nor a part of a package that the archive has without it."""
    mine = {name: types.ModuleType(name) for name in ("app", "utils", "parts", "parts.extra")}
    for name, module in mine.items():
        vars(module).update(NAME="of the test", handler=lambda *_: "of the test")
        monkeypatch.setitem(sys.modules, name, module)
    source = """
import utils
def handler(event, context):
    import parts
    try:
        import parts.extra
    except ModuleNotFoundError as error:
        return utils.NAME, parts.NAME, str(error)
"""
    own = "NAME = 'of the function'\n"
    files = {"app.py": source, "utils.py": own, "parts/__init__.py": own}
    make_function(Code={"ZipFile": zipped(**files)})
    answer = ["of the function", "of the function", "No module named 'parts.extra'"]
    assert [run()[1] for _ in range(2)] == [answer, answer]
    assert {name: sys.modules.get(name) for name in mine} == mine


def test_a_folder_of_an_archive_can_be_put_on_the_path(make_function, run, monkeypatch):
    """As code does that brings its packages along, in a folder beside it."""
    monkeypatch.setattr(sys, "path", [*sys.path, 7, "/var/task/"])  # a number is what Python passes over
    source = """
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "vendor"))
import brought
from package.inner import VALUE
def handler(event, context):
    import late
    return [brought.__file__, VALUE, late.VALUE]
"""
    files = {
        "app.py": source,
        "vendor/brought.py": "",
        "vendor/package/__init__.py": "",
        "vendor/package/inner.py": "VALUE = 1\n",
        "vendor/late.py": "VALUE = 2\n",
    }
    make_function(Code={"ZipFile": zipped(**files)})
    assert [run()[1] for _ in range(2)] == [["/var/task/vendor/brought.py", 1, 2]] * 2
    assert not {"brought", "late", "package", "package.inner"} & sys.modules.keys()


def test_files_of_a_package_are_read_as_importlib_s_resources(make_function, run):
    """As certifi does where requests is imported, which archives have more often than any other package."""
    source = """
from importlib.resources import as_file, files
import roots.more
def handler(event, context):
    found = files("roots").joinpath("all.pem")
    with as_file(found) as path:
        return found.read_text(), path.read_text(), files("roots.more").joinpath("one.txt").read_bytes().decode()
"""
    files = {"app.py": source, "roots/__init__.py": "", "roots/all.pem": "pem", "roots/more/one.txt": "one"}
    make_function(Code={"ZipFile": zipped(**files)})
    assert run()[1] == ["pem", "pem", "one"]


@pytest.mark.parametrize(
    ("files", "handler", "told"),
    [
        (
            ["src/app"],
            "app.handler",
            ["the archive has src/app.py: Handler='src/app.handler', or put it at the archive's top"],
        ),
        (["a", "b/c"], "app.handler", ["the archive has a.py, b/c.py"]),
        (
            [f"m{number}" for number in range(7)],
            "src.app.handler",
            ["the archive has m0.py, m1.py, m2.py, m3.py, m4.py and 2 more"],
        ),
        (["app"], "app.handler", []),  # which imports what there is not
    ],
)
def test_a_handler_that_is_not_there_is_said_to_be_elsewhere(make_function, run, cloud, files, handler, told):
    make_function(
        Code={"ZipFile": zipped(**{f"{name}.py": "import nothing_like_it" for name in files})}, Handler=handler
    )
    assert run()[1]["errorType"] == "Runtime.ImportModuleError"
    assert getattr(cloud.invocations.last.error, "__notes__", []) == told


@pytest.mark.parametrize(
    ("looks", "is_packed"),
    [
        ("open(os.path.join(os.path.dirname(__file__), 'data/schema.json'))", True),
        ("os.listdir('data')", False),
        ("os.listdir(os.path.dirname(__file__))", True),
        ("os.listdir('/var/task/data/')", True),
        ("open('/var/task/other.json')", False),
        ("open('/var/tasks')", False),
        ("open(b'/var/task/data/schema.json')", False),
    ],
)
def test_a_file_that_is_opened_is_said_to_be_packed(make_function, run, cloud, looks, is_packed):
    source = f"import os\ndef handler(*_):\n    {looks}\n"
    make_function(Code={"ZipFile": zipped(**{"app.py": source, "data/schema.json": "{}"})})
    assert run()[1]["errorType"] == "FileNotFoundError"
    told = "".join(getattr(cloud.invocations.last.error, "__notes__", ()))
    assert (
        told.startswith("the archive of bill has it, and stays packed here: read it by importlib.resources")
        == is_packed
    )


@pytest.mark.needs("boto3")
def test_a_function_that_invokes_another_has_not_lent_it_its_modules(make_function, run, cloud):
    source = """
import json
import boto3
import utils
def handler(event, context):
    if utils.NEXT is None:
        return [utils.NAME]
    answer = boto3.client("lambda", region_name="us-east-1").invoke(FunctionName=utils.NEXT)
    return [utils.NAME, *json.loads(answer["Payload"].read()), utils.NAME]
"""
    for name, after in (("bill", "ship"), ("ship", None)):
        code = {"ZipFile": archive(source, utils=f"NAME = {name!r}\nNEXT = {after!r}\n")}
        make_function(name, Code=code)
    with minicloud.mock_aws(cloud=cloud):
        assert run("bill")[1] == ["bill", "ship", "bill"]
