"""The page of what happened in a real browser: wide and narrow, with the mouse, with the keyboard alone, as it is read.

``python3 check.py`` needs playwright, and a Chromium on the path, which it does not download.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import minicloud  # noqa: E402  # from this checkout

ORDER = (
    '{"id": 12345678901234567890, "price": 1.50, "lines": [], "note": "</script> {\\"a\\": 1}", "who": {"name": "x"}}'
)
PRETTY = """\
{
  "id": 12345678901234567890,
  "price": 1.50,
  "lines": [],
  "note": "</script> {\\"a\\": 1}",
  "who": {
    "name": "x"
  }
}"""


def write(path: Path) -> None:
    """A run with a topic, a dead-letter queue, a stream, and more than fits into a page."""
    with minicloud.Cloud(clock="virtual", seed="page", trace=True) as cloud:
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        sqs.create_queue(QueueName="orders-dlq")
        policy = {"deadLetterTargetArn": cloud.queue("orders-dlq").arn, "maxReceiveCount": 1}
        url = sqs.create_queue(QueueName="orders", Attributes={"RedrivePolicy": json.dumps(policy)})["QueueUrl"]
        topic = sns.create_topic(Name="shop")["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=cloud.queue("orders").arn)
        sns.publish(TopicArn=topic, Message=ORDER)
        sqs.receive_message(QueueUrl=url)
        cloud.clock.advance(30)
        sqs.receive_message(QueueUrl=url)
        sqs.send_message(QueueUrl=url, MessageBody="y" * 200_000)
        sqs.send_message(QueueUrl=url, MessageBody="z" * 200_000)
        cloud.trace.to_html(path)


def expect(what: str, holds: object, shown: object = "") -> None:
    """Say so and end, if it does not hold."""
    if not holds:
        sys.exit(f"in the page: {what}: {shown}")


def check_wide(page: Page) -> None:
    """Nothing is outside of the window; the mouse finds the mark in the dead-letter queue's lane."""
    expect("fits", page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    place = page.evaluate(
        "(() => { const e = events.find(e => e.to >= 0); return [xOf(e), middleOf(e.to), lanes[e.to].name]; })()"
    )
    expect("the arrival is in the lane of the dead-letter queue", place[2] == "orders-dlq", place)
    box = page.locator("#lanes").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + place[0], box["y"] + place[1])
    story = page.locator("#story").inner_text()
    expect("the mark there leads to the message", "moved to orders-dlq after 1 receive" in story, story)
    expect("the message inside is shown whole", page.locator("#story pre").first.inner_text() == PRETTY, story)
    page.locator("#search").fill("yyyyyyyy" * 20)  # of which no line shows as much
    expect("bodies are searched", page.locator("#found").inner_text().startswith("1 of"))
    page.locator("#search").fill("")
    page.locator("#rows tr").last.click()
    expect("what there is no room for is said", "no room for it" in page.locator("#story").inner_text())
    page.keyboard.press("Escape")


def check_keyboard(page: Page) -> None:
    """Tab goes from lane to lane, arrows from event to event; what is chosen is read out."""
    page.locator("#in").focus()
    lanes = []
    for _ in range(3):
        page.keyboard.press("Tab")
        lanes.append(page.evaluate("document.activeElement.closest('ul').getAttribute('aria-label')"))
    expect("Tab goes from lane to lane", lanes == ["topics: shop", "queues: orders-dlq", "queues: orders"], lanes)
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.textContent")
    expect("down goes to the next event of the lane", "delivered from publication" in focused, focused)
    way = []
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        way.append(page.evaluate("document.activeElement.textContent"))
    wanted = ["received (1st time)", "visible again", "moved to orders-dlq", "moved to orders-dlq"]
    expect(
        "right goes along the way of the message, and stops at its end",
        all(part in text for part, text in zip(wanted, way, strict=True)),
        way,
    )
    for _ in range(10):  # further than there is anything
        page.keyboard.press("ArrowLeft")
    focused = page.evaluate("document.activeElement.textContent")
    expect(
        "left goes back to its publication, in another lane", focused.split(": ")[-1].startswith("published"), focused
    )
    expect("the details follow", "orders" in page.locator("#story").inner_text())


def check_reading(page: Page) -> None:
    """The accessibility tree: lanes are lists of buttons, details a live region, the list a table."""
    client = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = client.send("Accessibility.getFullAXTree")["nodes"]
    named = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    expect("lanes are lists", ("list", "queues: orders") in named, named)
    expect("lists have items", sum(role == "listitem" for role, _ in named) > 8, named)
    buttons = [name for role, name in named if role == "button"]
    expect("events are buttons", any("moved to orders-dlq" in name for name in buttons), buttons)
    expect("every button has a name", all(buttons), buttons)
    expect("the regions have names", {("region", "Details"), ("region", "Timeline")} <= set(named), named)
    expect("details are live", page.locator("#story").get_attribute("aria-live") == "polite")


def check_narrow(page: Page) -> None:
    """One column: nothing is outside of the window, texts are below their times, a row leads to the details."""
    page.set_viewport_size({"width": 390, "height": 800})
    for _ in range(100):
        if page.evaluate("GUTTER < 120"):  # wait_for_function needs an eval, which the page does not allow
            break
        page.wait_for_timeout(20)
    expect("fits", page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
    for part in ("#axis", "#in", "#search", "#rows tr:last-child td:last-child"):
        box = page.locator(part).bounding_box()
        assert box is not None
        expect(f"{part} is inside", box["x"] >= 0 and box["x"] + box["width"] <= 390, box)
    story, rows = page.locator("#story").bounding_box(), page.locator("#list").bounding_box()
    assert story is not None
    assert rows is not None
    expect("details stand above the list", story["y"] + story["height"] <= rows["y"], (story, rows))
    page.locator("#rows tr").filter(has_text="moved to").click()
    box = page.locator("#story").bounding_box()
    expect("a row leads to the details", box is not None and -1 <= box["y"] < 800, box)


def main() -> None:
    """Check; ends with a sentence about what does not hold."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        sys.exit("this needs a Chromium: no chromium or google-chrome is on the path")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = Path(folder) / "page.html"
        write(path)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        print("the page, in", browser.version)
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
        page.goto(path.as_uri())
        for check in (check_wide, check_keyboard, check_reading, check_narrow):
            check(page)
            print(f"{check.__name__.removeprefix('check_')}: {(check.__doc__ or '').splitlines()[0]}")
        expect("no error, and nothing is asked of a network", not wrong, wrong)
        browser.close()


if __name__ == "__main__":
    main()
