"""The live page of a served cloud in a real browser: what it shows, moves and makes go wrong, as it happens.

``python3 check_live.py`` needs playwright, and a Chromium on the path, which it does not download.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from check import expect  # noqa: E402  # beside this file

import minicloud  # noqa: E402  # from this checkout

REFUSALS = ("status of 400", "status of 409", "ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")
"""What a browser reports of answers that the page says in words of its own."""


def is_expected(message: Any) -> bool:
    """Whether the browser tells of something that the page does not get wrong."""
    return message.type != "error" or any(part in message.text for part in REFUSALS)


def until(page: Page, what: str, holds: Callable[[], object]) -> None:
    """Wait until something holds; end with a sentence, if it never does."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(25)
    expect(what, holds=False, shown=page.locator("body").inner_text())


TABS = [
    *("Queues", "Topics", "Streams", "Functions", "Rules", "Schedules", "Pipes", "Buckets", "Firehose", "Scaling"),
    *("Metrics", "Alarms", "Logs", "Outbox", "Faults"),
]


def fill(cloud: minicloud.Cloud) -> None:
    """Something of everything."""
    sqs, sns, kinesis = cloud.client("sqs"), cloud.client("sns"), cloud.client("kinesis")
    sqs.create_queue(QueueName="orders-dlq")
    policy = {"deadLetterTargetArn": cloud.queue("orders-dlq").arn, "maxReceiveCount": 1}
    url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody='{"id": 1, "note": "<img src=x onerror=alert(1)>"}')
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=60)
    topic = sns.create_topic(Name="shop")["TopicArn"]
    only_books = {"FilterPolicy": json.dumps({"store": ["books"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("orders").arn, Attributes=only_books)
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15550100")
    sns.publish(TopicArn=topic, Message="hello")
    kinesis.create_stream(StreamName="clicks", ShardCount=2)
    kinesis.put_record(StreamName="clicks", Data=b"caf\xc3\xa9", PartitionKey="k")
    events = cloud.client("events")
    events.put_rule(Name="big", EventPattern=json.dumps({"detail": {"price": [{"numeric": [">", 5]}]}}))
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="2026/cat.jpg", Body=b"meow", Metadata={"by": "me"})
    role = "arn:aws:iam::123456789012:role/r"
    lake = {"RoleARN": role, "BucketARN": "arn:aws:s3:::photos"}
    cloud.client("firehose").create_delivery_stream(DeliveryStreamName="lake", ExtendedS3DestinationConfiguration=lake)
    cloud.client("firehose").put_record(DeliveryStreamName="lake", Record={"Data": b"drop"})
    ends = {"Source": cloud.queue("orders").arn, "Target": topic}
    cloud.client("pipes").create_pipe(Name="onward", RoleArn=role, DesiredState="STOPPED", **ends)
    cloud.client("logs")
    cloud.scaling_target("worker", minimum=1, maximum=4)
    cloud.function("bill", lambda event, _: {"billed": event["amount"]})
    cloud.client("lambda").invoke(FunctionName="bill", Payload=b'{"amount": 5}')
    alarm = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName="late", Threshold=1.0, ComparisonOperator="GreaterThanThreshold", **alarm
    )


def things(page: Page) -> str:
    """What the page shows of what there is."""
    return page.locator("#things").inner_text()


def check_queues(page: Page, cloud: minicloud.Cloud) -> None:
    """Queues with their counts; messages are shown and stay; what happens elsewhere comes by itself."""
    until(page, "queues are listed", lambda: "orders-dlq" in things(page))
    page.get_by_role("button", name="orders", exact=True).click()
    until(page, "messages are listed", lambda: "looking receives none" in things(page))
    page.locator("summary", has_text='"id": 1').click()
    until(page, "the body is shown whole", page.locator("#things pre").first.is_visible)
    body = page.locator("#things pre").first.inner_text()
    expect("the body is text", body == '{\n  "id": 1,\n  "note": "<img src=x onerror=alert(1)>"\n}', body)
    expect("nothing was received", cloud.queue("orders").messages[0].receive_count == 0)
    cloud.client("sqs").send_message(QueueUrl=cloud.queue("orders").url, MessageBody="from elsewhere")
    until(page, "what happens is shown by itself", lambda: "from elsewhere" in things(page))
    until(page, "and told", lambda: "sent" in page.locator("#lines tr").first.inner_text())
    expect("what was opened stays open", page.locator("#things pre").first.is_visible())


def check_clock(page: Page, cloud: minicloud.Cloud) -> None:
    """Buttons move time, the key n to what is due next; a wrong duration is said."""
    expect("what is due is said", "visible, as its delay is over" in page.locator("#due").inner_text())
    page.get_by_role("button", name="+30 s").click()
    until(page, "time has moved", lambda: "00:00:30.000" in page.locator("#now").inner_text())
    page.locator("#things").focus()
    page.keyboard.press("n")
    until(page, "time is where something was due", lambda: "00:01:00.000" in page.locator("#now").inner_text())
    expect("it has happened", cloud.queue("orders").counts.delayed == 0)
    page.locator("#duration").fill("soon")
    page.locator("#duration").press("Enter")
    until(page, "what is wrong is said", lambda: "is not a duration" in page.locator("#told").inner_text())
    page.locator("#duration").fill("1h")
    page.locator("#duration").press("Enter")
    until(page, "a duration moves time", lambda: "01:01:00.000" in page.locator("#now").inner_text())
    expect("a virtual clock has no pace", not page.locator("#paces").is_visible())


def check_topics(page: Page, cloud: minicloud.Cloud) -> None:
    """A message is tried on the filters, and is not published."""
    page.get_by_role("tab", name="Topics").click()
    page.get_by_role("button", name="shop", exact=True).click()
    page.get_by_label("Message", exact=True).fill("a book")
    page.get_by_label("Attributes").fill('{"store": "Books"}')
    before = page.locator("#lines tr").count()
    cloud.client("sqs").send_message(QueueUrl=cloud.queue("orders").url, MessageBody="meanwhile")
    until(page, "the page goes on", lambda: page.locator("#lines tr").count() > before)
    expect("what was written is kept", page.get_by_label("Message", exact=True).input_value() == "a book")
    page.get_by_role("button", name="who gets it?").click()
    until(page, "the filter explains itself", lambda: "upper and lower case differ" in things(page))
    expect("one gets it", page.locator("#things .yes").count() == 1, things(page))
    expect("it was not published", cloud.topic("shop").messages == ["hello"])


def check_the_rest(page: Page, cloud: minicloud.Cloud) -> None:
    """Streams, functions, what flows, alarms, metrics, logs, the outbox, rules that are tried, the timeline."""
    page.get_by_role("tab", name="Topics").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="clicks", exact=True).click()
    until(page, "records are shown", lambda: "caf\u00e9" in things(page))
    for tab, part in (
        *(("Functions", "bill: {"), ("Pipes", "onward"), ("Firehose", "lake")),
        *(("Alarms", "INSUFFICIENT_DATA"), ("Outbox", "+15550100")),
    ):
        page.get_by_role("tab", name=tab).click()
        until(page, f"{tab} are shown", lambda part=part: part in things(page))
    page.get_by_role("tab", name="Metrics").click()
    page.get_by_role("button", name="NumberOfMessagesPublished", exact=True).click()
    until(page, "minutes are shown", lambda: "Maximum" in things(page))
    page.get_by_role("tab", name="Logs").click()
    page.get_by_role("button", name="/aws/lambda/bill", exact=True).click()
    until(page, "lines are shown", lambda: "START RequestId" in things(page))
    page.get_by_role("tab", name="Buckets").click()
    page.get_by_role("button", name="photos", exact=True).click()
    until(page, "objects are shown", lambda: "2026/cat.jpg" in things(page) and '{"by":"me"}' in things(page))
    page.get_by_role("tab", name="Scaling").click()
    until(page, "what is scaled is shown", lambda: "worker" in things(page))
    page.get_by_role("tab", name="Rules").click()
    page.get_by_role("button", name="default", exact=True).click()
    page.get_by_label("Event", exact=True).fill('{"detail": {"price": 3}}')
    page.get_by_role("button", name="which rules?").click()
    until(page, "the pattern explains itself", lambda: "does not meet" in things(page))
    page.get_by_role("tab", name="Timeline").click()
    frame = page.frame_locator("#things iframe")
    frame.locator("#rows tr").first.wait_for()
    expect("the timeline is drawn", frame.locator("#rows tr").count() > 5)


def check_faults(page: Page, cloud: minicloud.Cloud) -> None:
    """A fault is injected by a form, strikes, is counted, and removed."""
    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("operation").fill("SendMessage")
    page.get_by_label("To which").select_option("first")
    page.get_by_label("number").fill("1")
    page.get_by_role("button", name="inject").click()
    until(page, "it is listed", lambda: "Refuse(error='RequestThrottled')" in things(page))
    try:
        cloud.client("sqs").send_message(QueueUrl=cloud.queue("orders").url, MessageBody="refused")
    except minicloud.exceptions.ClientError as error:
        expect("it strikes", "RequestThrottled" in str(error), error)
    else:
        expect("it strikes", holds=False)
    until(page, "it is counted", lambda: page.locator("#things td.number").all_inner_texts() == ["1", "1"])
    page.get_by_role("button", name="remove").click()
    until(page, "it is removed", lambda: not len(cloud.faults))


def check_narrow(page: Page, cloud: minicloud.Cloud) -> None:
    """Nothing is outside of a narrow window, on any tab; dark where the system is."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    for tab in TABS:
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(100)
        wide = page.evaluate("document.documentElement.scrollWidth")
        expect(f"{tab} fit", wide <= 390, wide)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    expect("it is dark", dark == "rgb(20, 22, 26)", dark)
    page.set_viewport_size({"width": 1400, "height": 900})
    page.emulate_media(color_scheme="light")


def check_reading(page: Page, cloud: minicloud.Cloud) -> None:
    """The accessibility tree: tabs, a panel of their name, buttons and fields with names, a live status."""
    client = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = client.send("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    tabs = [name for role, name in named if role == "tab"]
    expect("there are tabs", tabs == [*TABS, "Timeline"], tabs)
    expect("a panel", ("tabpanel", "Faults") in named, named)
    fields = [name for role, name in named if role in ("button", "textbox", "combobox")]
    expect("every button and field has a name", all(fields), fields)
    expect("what is said is a status", any(role == "status" for role, _ in named))


def check_reset(page: Page, cloud: minicloud.Cloud) -> None:
    """The cloud is emptied when that is confirmed, and not otherwise."""
    page.get_by_role("tab", name="Queues").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="reset").click()
    expect("who does not confirm resets nothing", len(cloud.queues()) == 2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="reset").click()
    until(page, "it is empty", lambda: "There is no queue." in things(page))
    until(page, "the trace is empty", lambda: page.locator("#lines tr").count() == 0)


def check_without_a_trace(page: Page) -> None:
    """Without a trace the page looks again by itself, and says what it lacks."""
    with minicloud.Cloud(clock="virtual", trace=False) as cloud, cloud.serve() as server:
        page.goto(f"{server.url}/_minicloud/")
        until(page, "it says what it lacks", lambda: "the trace is off" in page.locator("#count").inner_text())
        cloud.client("sqs").create_queue(QueueName="q")
        until(page, "it looks again", lambda: "q\t" in things(page))


def check_real_clock(page: Page) -> None:
    """A real clock goes on by itself, stands still, and runs faster."""
    with minicloud.Cloud(clock="real", trace=True) as cloud, cloud.serve() as server:
        page.goto(f"{server.url}/_minicloud/")
        until(page, "a real clock has a pace", page.locator("#paces").is_visible)
        before = page.locator("#now").inner_text()
        until(page, "it goes on", lambda: page.locator("#now").inner_text() != before)
        page.get_by_role("button", name="60 times as fast").click()
        until(page, "it is faster", lambda: "60 times as fast" in page.locator("#now").inner_text())
        page.get_by_role("button", name="freeze").click()
        until(page, "it stands still", lambda: "stands still" in page.locator("#now").inner_text())
        now = cloud.time_ns()
        page.wait_for_timeout(50)
        expect("nothing passes", cloud.time_ns() == now)
        page.get_by_role("button", name="thaw").click()
        until(page, "it goes on again", lambda: "stands still" not in page.locator("#now").inner_text())


def main() -> None:
    """Check; ends with a sentence about what does not hold."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        sys.exit("this needs a Chromium: no chromium or google-chrome is on the path")
    begun = time.monotonic()
    cloud = minicloud.Cloud(clock="virtual", seed="live", trace=True)
    fill(cloud)
    with sync_playwright() as playwright, cloud:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: None if is_expected(message) else wrong.append(message.text))
        page.on(
            "request", lambda request: None if "127.0.0.1" in request.url or request.url == "about:srcdoc"
            else wrong.append(request.url)
        )  # fmt: skip
        with cloud.serve() as server:
            page.goto(f"{server.url}/_minicloud/")
            for check in (
                check_queues,
                check_clock,
                check_topics,
                check_the_rest,
                check_faults,
                check_narrow,
                check_reading,
                check_reset,
            ):
                check(page, cloud)
                print(f"{check.__name__.removeprefix('check_')}: {(check.__doc__ or '').splitlines()[0]}")
        until(page, "the page says that the server is gone", lambda: "gone" in page.locator("#told").inner_text())
        check_real_clock(page)
        print(f"real clock: {(check_real_clock.__doc__ or '').splitlines()[0]}")
        check_without_a_trace(page)
        print(f"without a trace: {(check_without_a_trace.__doc__ or '').splitlines()[0]}")
        expect("no error, and nothing is asked of a network", not wrong, wrong)
        browser.close()
    print(f"the live page: {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
