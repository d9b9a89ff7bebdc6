"""Puts into a queue of kombu's, or takes out of it."""

import sys

from kombu import Connection

with Connection("sqs://", transport_options={"wait_time_seconds": 5, "polling_interval": 0.05}) as connection:
    queue = connection.SimpleQueue("pipe")
    if sys.argv[1] == "put":
        for number in range(12):
            queue.put({"number": number, "text": "é" * number})
    else:
        got = []
        for _ in range(12):
            message = queue.get(timeout=20)
            got.append(message.payload["number"])
            message.ack()
        print(sorted(got) == list(range(12)))
    queue.close()
