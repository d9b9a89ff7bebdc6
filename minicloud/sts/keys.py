"""Access keys that say whose they are.

AWS's access key ids carry the account in their characters. Those that a cloud's STS makes do so in the same way, and
end in a checksum over the rest, so that a key from elsewhere (an application's fake ones, say) is not taken for one.
Nothing has to be remembered: whoever has the key acts for its account.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from binascii import Error, crc32

__all__ = ["account_of_key", "key_for"]

_PREFIX = "ASIA"
_CHECK_BITS = 16


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
    except (Error, ValueError):
        return None
    content = bits >> _CHECK_BITS
    if bits & ((1 << _CHECK_BITS) - 1) != _checksum(content):
        return None
    return f"{content >> 23 & (1 << 40) - 1:012d}"


def _checksum(content: int) -> int:
    return crc32(content.to_bytes(8, "big")) & ((1 << _CHECK_BITS) - 1)
