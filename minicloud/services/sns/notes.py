"""What is noted of errors of SNS beside AWS's texts: the reason, as far as the cloud knows it, and a way out.

Nothing is decided here. Every function is called where an error is made, and only then.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ...core.notes import none_of_that_name, of_region, seconds
from ...core.shown import counted, escaped, shown
from ...core.world import World
from .subscription import Subscription
from .topic import Topic


class State(Protocol):
    """The SNS of one account in one region, as notes look at it."""

    account_id: str
    region_name: str
    world: World
    topics: dict[str, Topic]


DISABLED = "SetEndpointAttributes with Enabled = true switches it on again, as an application does at a new token"
PENDING = (
    "it is pending: ConfirmSubscription with the token that its endpoint was sent confirms it, and AWS takes it away "
    "by itself after 3 days"
)


def no_topic(state: State, arn: str) -> list[str]:
    """There is no topic of that ARN."""
    name = arn.split(":", 5)[-1]
    return none_of_that_name(
        "topic",
        name,
        state,
        state.world.services("sns"),
        lambda one: {topic.name: topic for topic in one.topics.values()},
    )


def wrong_arn(state: State, elements: list[str]) -> str | None:
    """Why an ARN cannot be one of a topic here."""
    if elements[2] != "sns":
        return f"it is the ARN of something of {escaped(elements[2], 40)}, not of SNS"
    if elements[3] != state.region_name:
        return of_region(elements[3], state.region_name)
    if len(elements) == 7:
        return "it is the ARN of a subscription: that of its topic ends before the last colon"
    return None


def of_other_account(arn: str, account_id: str) -> str:
    """Something belongs to somebody else."""
    return f"it is of account {escaped(arn.split(':')[4], 40)}, and this call was made for account {account_id}"


def no_subscription(state: State, arn: str) -> str:
    """There is no subscription of that ARN."""
    topic = state.topics.get(arn.rpartition(":")[0])
    if topic is None:
        return "its topic is not there (any more), and with it go its subscriptions"
    return f"{topic.name} has {counted(len(topic.subscriptions), 'subscription')}, and none of this ARN (any more)"


def no_token(now: int, subscription: Subscription, sent: int, life: int) -> str:
    """The token of a subscription is good no more."""
    if now - sent > life:
        return f"it was sent {seconds(now - sent)} ago on this cloud's clock, and is good for {seconds(life)}"
    if subscription.gone:
        return "its subscription has been ended"
    return "its endpoint has another subscription to this topic by now"


def token_unknown(state: State) -> str:
    """A token that nobody was sent."""
    pending = sum(not one.confirmed for topic in state.topics.values() for one in topic.subscriptions.values())
    return f"no subscription to a topic of this account waits for it; {pending} are pending"


def other_attribute(topic: Topic, name: str, wanted: str) -> str:
    """A topic that is asked for has another value of an attribute."""
    has = topic.attributes.get(name)
    value = "not set" if has is None else shown(has, 120)
    return f"its {name} is {value}, and this call asks for {shown(wanted, 120)}: set_topic_attributes() changes it"


def other_settings(subscription: Subscription, given: Mapping[str, str]) -> str | None:
    """A subscription that is asked for has other attributes."""
    has = subscription.describe(0)
    for name, value in given.items():
        if has.get(name, "") != value:
            return (
                f"the subscription of {shown(subscription.endpoint, 120)} has {name} {shown(has.get(name, ''), 200)}, "
                f"and this call asks for {shown(value, 200)}: set_subscription_attributes() changes it"
            )
    return None


def too_long(size: int, attributes: int, most: int) -> str:
    """A message is too long."""
    return f"it has {counted(size, 'byte')}, {attributes} of them message attributes; this topic takes {most}"


def needs_deduplication(topic: Topic) -> str:
    """A FIFO topic is to be told of duplicates by whoever publishes."""
    return f"ContentBasedDeduplication of {topic.name} is false: set it to true, or give a MessageDeduplicationId"


def needs_group(topic: Topic) -> str:
    """A message of a FIFO topic has no group."""
    return f"{topic.name} is a FIFO topic: each of its messages has a group, inside of which order is kept"


def is_standard(topic: Topic) -> str:
    """What only FIFO topics know."""
    return f"{topic.name} is a standard topic, which knows no duplicates: leave it out, or publish to a FIFO topic"


def archived(topic: Topic) -> str:
    """A topic that keeps an archive cannot be deleted."""
    return f"set_topic_attributes() with ArchivePolicy and the value {{}} ends the archive of {topic.name}"
