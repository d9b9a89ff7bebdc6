"""Access keys and session tokens that say whose they are.

AWS's access key ids carry the account in their characters. Those that a cloud's STS makes do so in the same way, and
end in a checksum over the rest, so that a key from elsewhere (an application's fake ones, say) is not taken for one.
Nothing has to be remembered: whoever has the key acts for its account. A role's session is in the session token, as
AWS's tokens, too, are all that AWS knows of a session.
"""

from __future__ import annotations

from base64 import b32decode, b32encode, b64decode, b64encode
from binascii import crc32

__all__ = ["Caller", "account_of_key", "caller_of_token", "key_for", "token_for"]

Caller = tuple[str, str]
"""The ARN and the user id that a client acts as."""

_PREFIX = "ASIA"
_CHECK_BITS = 16
_TOKEN_PREFIX = "IQoJb3JpZ2luX2Vj"
_TOKEN_BYTES = 255


def key_for(account_id: str, salt: int) -> str:
    """A temporary access key id of an account: 20 characters, different for each of 2**16 salts."""
    # 80 bits: a one, the account, seven bits and sixteen of salt, sixteen of checksum.
    content = (1 << 40 | int(account_id)) << 23 | (salt & 0x7FFFFF)
    content = content << _CHECK_BITS | _checksum(content)
    return _PREFIX + b32encode(content.to_bytes(10, "big")).decode()


def account_of_key(access_key_id: str) -> str | None:
    """The account of a key that ``key_for`` has made; None for any other."""
    if len(access_key_id) != 20 or not access_key_id.startswith(_PREFIX):
        return None
    try:
        bits = int.from_bytes(b32decode(access_key_id[4:]), "big")
    except ValueError:
        return None
    content = bits >> _CHECK_BITS
    if bits & ((1 << _CHECK_BITS) - 1) != _checksum(content):
        return None
    return f"{content >> 23 & (1 << 40) - 1:012d}"


def token_for(caller: Caller | None, noise: bytes, least: int = 0) -> str:
    """A session token, of a role's session or (None) of a user's own; the noise makes it another one each time.

    It has ``least`` characters at the least, as far as there is noise.
    """
    text = "\n".join(caller or ()).encode()
    content = len(text).to_bytes(2, "big") + text
    longer = (least - len(_TOKEN_PREFIX) + 3) // 4 * 3 - 4
    content = (content + noise)[: max(_TOKEN_BYTES, len(content) + 8, longer)]
    return _TOKEN_PREFIX + b64encode(content + crc32(content).to_bytes(4, "big")).decode()


def caller_of_token(token: str) -> Caller | None:
    """Whose session a token of ``token_for`` is; None for a user's own, and for any other text."""
    if not token.startswith(_TOKEN_PREFIX):
        return None
    try:
        content = b64decode(token[len(_TOKEN_PREFIX) :], validate=True)
    except ValueError:
        return None
    if crc32(content[:-4]).to_bytes(4, "big") != content[-4:]:
        return None
    length = int.from_bytes(content[:2], "big")
    arn, _, user_id = content[2 : 2 + length].decode().partition("\n")
    return (arn, user_id) if arn else None


def _checksum(content: int) -> int:
    return crc32(content.to_bytes(8, "big")) & ((1 << _CHECK_BITS) - 1)
