"""The operations of SMS: attributes, numbers that opted out, the sandbox."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from ....core.effects import Change, Depart, Departure
from ....core.listing import Listing
from ....core.operation import operation
from ....core.shapes import Minimum
from ....core.timeline import SECOND
from ....core.unset import UNSET
from .. import errors, shapes
from ..endpoints import is_phone_number, plain_number
from ..paging import PAGE_SIZE, page_of
from ..sms import SandboxNumber, read_sms_attributes
from ..state import SnsState

__all__ = ["SmsOperations"]

_DAY = 86_400 * SECOND
_MOST_SANDBOX_NUMBERS = 10
_PHONE_PATTERN = r"^(\+[0-9]{8,}|[0-9]{0,9})$"
_PHONE = re.compile(r"\+[0-9]{8,19}|[0-9]{1,9}")
_PASSWORD = re.compile(r"[0-9]+")
_LANGUAGES = (
    "en-US",
    "en-GB",
    "es-419",
    "es-ES",
    "de-DE",
    "fr-CA",
    "fr-FR",
    "it-IT",
    "ja-JP",
    "pt-BR",
    "kr-KR",
    "zh-CN",
    "zh-TW",
)


class SmsOperations(SnsState):
    """SMS in one region. The account is in the sandbox, which keeps nothing back here: all reach ``cloud.outbox``."""

    @operation("SetSMSAttributes")
    def set_sms_attributes(self, now: int, *, attributes: Mapping[str, str]) -> shapes.Empty:
        """Set SMS attributes; they can be overwritten and not removed. O(1)."""
        if not attributes:
            raise errors.member_null(path="attributes")
        self.sms.attributes |= read_sms_attributes(attributes)
        return {}

    @operation("GetSMSAttributes")
    def get_sms_attributes(self, now: int, *, attributes: Sequence[str] = UNSET) -> shapes.GetSMSAttributesResponse:
        """The SMS attributes, or those of the given names. O(1)."""
        kept = self.sms.attributes
        if not attributes:
            return {"attributes": dict(kept)}
        return {"attributes": {name: value for name, value in kept.items() if name in attributes}}

    # --- opting out -------------------------------------------------------------------------------------------------

    @operation("CheckIfPhoneNumberIsOptedOut")
    def check_if_phone_number_is_opted_out(
        self, now: int, *, phoneNumber: str
    ) -> shapes.CheckIfPhoneNumberIsOptedOutResponse:
        """Whether a number has opted out. O(1)."""
        _check_phone_number(phoneNumber)
        return {"isOptedOut": plain_number(phoneNumber) in self.deliveries.opted_out}

    @operation("ListPhoneNumbersOptedOut")
    def list_phone_numbers_opted_out(
        self, now: int, *, nextToken: str = UNSET
    ) -> shapes.ListPhoneNumbersOptedOutResponse:
        """The numbers that have opted out, a hundred at a time. O(page)."""
        numbers, token = page_of(
            self.page_tokens, now, self.deliveries.opted_out_list, "opted-out", nextToken, parameter="nextToken"
        )
        answer: shapes.ListPhoneNumbersOptedOutResponse = {"phoneNumbers": numbers}
        if token is not None:
            answer["nextToken"] = token
        return answer

    @operation("OptInPhoneNumber")
    def opt_in_phone_number(self, now: int, *, phoneNumber: str) -> shapes.Empty:
        """Let a number have messages again; one that never opted out is no mistake. O(1)."""
        _check_phone_number(phoneNumber)
        serial = self.deliveries.opted_out.pop(plain_number(phoneNumber), None)
        if serial is not None:
            self.deliveries.opted_out_list.remove(serial)
        return {}

    def opt_out_phone_number(self, phone_number: str) -> None:
        """What replying STOP does: the number gets no more messages."""
        number, deliveries = plain_number(phone_number), self.deliveries
        if number not in deliveries.opted_out:
            deliveries.opted_out[number] = serial = self.next_serial()
            deliveries.opted_out_list.add(serial, number)

    # --- sandbox ----------------------------------------------------------------------------------------------------

    @operation("GetSMSSandboxAccountStatus")
    def get_sms_sandbox_account_status(self, now: int) -> shapes.GetSMSSandboxAccountStatusResult:
        """Whether the account is in the SMS sandbox; it always is."""
        return {"IsInSandbox": True}

    @operation("CreateSMSSandboxPhoneNumber")
    def create_sms_sandbox_phone_number(self, now: int, *, PhoneNumber: str, LanguageCode: str = UNSET) -> shapes.Empty:
        """Add a number to the sandbox, or send it another one-time password. O(1)."""
        _check_sandbox_number(PhoneNumber)
        if LanguageCode is not UNSET and LanguageCode not in _LANGUAGES:
            raise errors.member_enum(value=LanguageCode, path="languageCode", values=", ".join(_LANGUAGES))
        if plain_number(PhoneNumber) in self.deliveries.opted_out:
            raise errors.sandbox_number_opted_out(number=PhoneNumber)
        sandbox = self.sms.sandbox
        if PhoneNumber not in sandbox and len(sandbox) >= _MOST_SANDBOX_NUMBERS:
            raise errors.sandbox_full()
        password = f"{self.random.randrange(10**6):06d}"
        text = f"Your AWS SNS SMS sandbox verification code is {password}"
        departure = Departure("sms", PhoneNumber, text, time_ns=now, message_id=self.message_ids.next())
        number = sandbox.get(PhoneNumber) or SandboxNumber(PhoneNumber, self.next_serial(), password, now)
        change = Change()
        self.world.outbox.append(Depart(departure, change))
        number.password = password
        sandbox[PhoneNumber] = number
        change.happened = True
        return {}

    @operation("VerifySMSSandboxPhoneNumber")
    def verify_sms_sandbox_phone_number(
        self, now: int, *, PhoneNumber: str, OneTimePassword: Annotated[str, Minimum(5)]
    ) -> shapes.Empty:
        """Verify a sandbox number with the one-time password that it was sent. O(1)."""
        number = self._sandbox_number(PhoneNumber)
        if len(OneTimePassword) > 8:
            raise errors.member_long(value=OneTimePassword, path="oneTimePassword", maximum=8)
        if not _PASSWORD.fullmatch(OneTimePassword):
            raise errors.member_pattern(value=OneTimePassword, path="oneTimePassword", pattern="^[0-9]+$")
        if OneTimePassword != number.password:
            raise errors.one_time_password("Verified" if number.verified else "Pending")
        number.verified = True
        number.since = now
        return {}

    @operation("DeleteSMSSandboxPhoneNumber")
    def delete_sms_sandbox_phone_number(self, now: int, *, PhoneNumber: str) -> shapes.Empty:
        """Take a number out of the sandbox, a day after it was verified (or added) at the earliest. O(1)."""
        number = self._sandbox_number(PhoneNumber)
        if now - number.since < _DAY:
            raise errors.sandbox_number_fresh()
        del self.sms.sandbox[PhoneNumber]
        return {}

    @operation("ListSMSSandboxPhoneNumbers")
    def list_sms_sandbox_phone_numbers(
        self, now: int, *, NextToken: str = UNSET, MaxResults: Annotated[int, Minimum(1)] = UNSET
    ) -> shapes.ListSMSSandboxPhoneNumbersResult:
        """The numbers of the sandbox. O(numbers)."""
        size = _page_size(MaxResults, PAGE_SIZE)
        listing: Listing[int, SandboxNumber] = Listing()
        for number in self.sms.sandbox.values():
            listing.add(number.serial, number)
        page, token = page_of(self.page_tokens, now, listing, "sandbox", NextToken, size=size)
        answer: shapes.ListSMSSandboxPhoneNumbersResult = {
            "PhoneNumbers": [
                {"PhoneNumber": number.number, "Status": "Verified" if number.verified else "Pending"}
                for number in page
            ]
        }
        if token is not None:
            answer["NextToken"] = token
        return answer

    @operation("ListOriginationNumbers")
    def list_origination_numbers(
        self, now: int, *, NextToken: str = UNSET, MaxResults: Annotated[int, Minimum(1)] = UNSET
    ) -> shapes.ListOriginationNumbersResult:
        """The numbers that the account sends from: there is no way to get one here, so there are none."""
        _page_size(MaxResults, 30)
        page_of(self.page_tokens, now, Listing[int, str](), "origination", NextToken)
        return {"PhoneNumbers": []}

    def _sandbox_number(self, phone_number: str) -> SandboxNumber:
        _check_sandbox_number(phone_number)
        number = self.sms.sandbox.get(phone_number)
        if number is None:
            raise errors.sandbox_number_missing(number=phone_number)
        return number


def _check_phone_number(number: str) -> None:
    if not is_phone_number(number):
        raise errors.phone_number_format()


def _check_sandbox_number(number: str) -> None:
    if len(number) > 20:
        raise errors.sandbox_number_long(maximum=20)
    if not _PHONE.fullmatch(number):
        raise errors.sandbox_number_pattern(pattern=_PHONE_PATTERN)


def _page_size(given: Any, most: int) -> int:
    if given is UNSET:
        return most
    if given > most:
        raise errors.member_large(value=given, path="maxResults", maximum=most)
    size: int = given
    return size
