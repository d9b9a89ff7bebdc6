"""Async tests in the cloud's time: an order's minute of grace, and the background task's sleep, take no real time."""

import asyncio

import httpx
import pytest
from app import app, lifespan


@pytest.fixture
async def shop(mock_aws):
    """A client of the application, which runs on the loop of the test with its background task."""
    await mock_aws.async_client("sqs").create_queue(QueueName="orders")
    async with lifespan(app), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as client:
        yield client


async def state(shop, number):
    return (await shop.get(f"/orders/{number}")).json()["state"]


async def test_an_order_is_confirmed_after_its_minute(shop, cloud):
    assert (await shop.post("/orders", json={"number": 7, "item": "tea"})).status_code == 202
    cloud.assert_sent("orders", {"number": 7, "item": "tea"})
    await asyncio.sleep(59)
    assert await state(shop, 7) == "placed"
    await asyncio.sleep(4)
    assert await state(shop, 7) == "confirmed"
    cloud.assert_drained()


async def test_an_order_can_be_taken_back(shop, cloud):
    await shop.post("/orders", json={"number": 8, "item": "coffee"})
    await asyncio.sleep(30)
    await shop.delete("/orders/8")
    await cloud.async_run_until(lambda: not cloud.queue("orders").messages)
    assert await state(shop, 8) == "cancelled"


async def test_an_order_is_placed_though_sqs_is_busy(shop, cloud):
    busy = cloud.faults.refuse("RequestThrottled", operation="SendMessage", first=2)
    response = await shop.post("/orders", json={"number": 9, "item": "milk"})  # aiobotocore tries again
    assert (response.status_code, busy.fired) == (202, 2)


async def test_the_warehouse_is_slow_and_two_orders_wait(shop, cloud):
    began = cloud.clock.time()
    for number in (1, 2):
        await shop.post("/orders", json={"number": number, "item": "tea"})
    await cloud.async_run_until(lambda: not cloud.queue("orders").messages)
    assert [await state(shop, number) for number in (1, 2)] == ["confirmed"] * 2
    assert cloud.clock.time() - began == pytest.approx(64, abs=0.01)  # a minute, and twice two seconds
