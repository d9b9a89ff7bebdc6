"""A FastAPI application that takes orders, and a background task that confirms them, on aiobotocore."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiobotocore.session import get_session
from fastapi import FastAPI
from pydantic import BaseModel

QUEUE = "orders"
GRACE = 60  # seconds in which an order can be taken back before it is confirmed


class Order(BaseModel):
    """What a customer posts."""

    number: int
    item: str


class Shop:
    """The queue of orders, and what has become of them."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs, self._url = sqs, url
        self.states: dict[int, str] = {}

    async def place(self, order: Order) -> None:
        """Will be confirmed when the time of grace is over."""
        self.states[order.number] = "placed"
        await self._sqs.send_message(QueueUrl=self._url, MessageBody=order.model_dump_json(), DelaySeconds=GRACE)

    async def confirm_for_ever(self) -> None:
        """The background task."""
        while True:
            answer = await self._sqs.receive_message(QueueUrl=self._url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                number = json.loads(message["Body"])["number"]
                if self.states.get(number) == "placed":
                    await asyncio.sleep(2)  # the warehouse is asked
                    self.states[number] = "confirmed"
                await self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])


@contextlib.asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for the life of the application."""
    async with get_session().create_client("sqs") as sqs:
        url = (await sqs.get_queue_url(QueueName=QUEUE))["QueueUrl"]
        app.state.shop = Shop(sqs, url)
        task = asyncio.create_task(app.state.shop.confirm_for_ever())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


app = FastAPI(lifespan=lifespan)


@app.post("/orders", status_code=202)
async def place(order: Order) -> None:
    """It is accepted, not yet confirmed."""
    await app.state.shop.place(order)


@app.delete("/orders/{number}")
async def cancel(number: int) -> None:
    """In time, it is never confirmed."""
    app.state.shop.states[number] = "cancelled"


@app.get("/orders/{number}")
async def show(number: int) -> dict[str, str]:
    """What has become of it."""
    return {"state": app.state.shop.states[number]}
