# To type checkers, a message that was received. No program imports this file; at run time a message is declared in
# `shapes.py`, as it is to pyright here. Not there, because to pyright a name that two branches declare is both of them
# in the file itself, and the last of them elsewhere.

from typing import NotRequired, TypedDict

from .shapes import MessageAttributeValue

MYPY = False  # noqa: PYI052  # true to mypy, and to it alone

# The first four members are always there. In boto3-stubs they may be missing, and a message that must have them cannot
# be taken for one that need not. Reading what may be missing is no mistake to mypy, so to mypy they may be missing
# here, too. To pyright it is one; where the stubs are installed, `clients/peers.pyi` makes messages theirs.
if MYPY:  # noqa: PYI002
    class Message(TypedDict):
        MessageId: NotRequired[str]
        ReceiptHandle: NotRequired[str]
        MD5OfBody: NotRequired[str]
        Body: NotRequired[str]
        Attributes: NotRequired[dict[str, str]]
        MD5OfMessageAttributes: NotRequired[str]
        MessageAttributes: NotRequired[dict[str, MessageAttributeValue]]

else:
    class Message(TypedDict):
        MessageId: str
        ReceiptHandle: str
        MD5OfBody: str
        Body: str
        Attributes: NotRequired[dict[str, str]]
        MD5OfMessageAttributes: NotRequired[str]
        MessageAttributes: NotRequired[dict[str, MessageAttributeValue]]
