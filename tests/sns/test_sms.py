"""SMS: sending, attributes, opting out, the sandbox."""

from __future__ import annotations

import json
import re

import pytest

import minicloud
from tests.support.ways import error_class

pytestmark = pytest.mark.minicloud(region_name="us-east-1")  # as the clients here

NUMBER = "+15551234567"


def test_a_text_message_goes_to_the_outbox(cloud, sns, outbox):
    attributes = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "shop"}}
    answer = sns.publish(PhoneNumber=NUMBER, Message="hello", MessageAttributes=attributes)
    (departure,) = outbox.of("sms")
    assert (departure.endpoint, departure.body) == (NUMBER, "hello")
    assert departure.attributes == attributes
    assert departure.message_id == answer["MessageId"]
    assert departure.time == cloud.clock.now()
    assert outbox.to(NUMBER) == [departure]


def test_a_text_message_through_a_topic_starts_with_its_display_name(sns, topic, outbox):
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=NUMBER)
    sns.publish(TopicArn=topic, Message="plain")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="A long display name")
    sns.publish(TopicArn=topic, Message="named")
    assert [departure.body for departure in outbox] == ["plain", "A long dis> named"]


def test_only_what_was_not_sent_is_a_dead_letter(cloud, sns, topic, outbox):
    queue = cloud.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    policy = f'{{"deadLetterTargetArn": "{cloud.queue(queue).arn}"}}'
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=NUMBER, Attributes={"RedrivePolicy": policy})
    sns.publish(TopicArn=topic, Message="sent")
    cloud.opt_out(NUMBER)
    sns.publish(TopicArn=topic, Message="not sent")
    assert [departure.body for departure in outbox] == ["sent"]
    (letter,) = cloud.queue(queue).bodies
    assert '"Message" : "not sent"' in letter


def test_attributes_are_overwritten_and_stay(sns):
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional", "DefaultSenderID": "shop1"})
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Promotional"})
    everything = {"MonthlySpendLimit": "1", "DefaultSMSType": "Promotional", "DefaultSenderID": "shop1"}
    assert sns.get_sms_attributes()["attributes"] == everything
    some = sns.get_sms_attributes(attributes=["DefaultSMSType", "UsageReportS3Bucket"])["attributes"]
    assert some == {"DefaultSMSType": "Promotional"}


def test_attributes_are_of_one_region(make_client, sns):
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Transactional"})
    elsewhere = make_client("sns", "eu-west-1")
    assert elsewhere.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"Nonsense": "x"},
        {"DefaultSMSType": "Urgent"},
        {"DefaultSenderID": "123"},
        {"DefaultSenderID": "twelve-chars"},
        {"DefaultSenderID": ""},
        {"MonthlySpendLimit": "much"},
        {"MonthlySpendLimit": "-1"},
        {"MonthlySpendLimit": "1000000001"},
        {"DeliveryStatusSuccessSamplingRate": "-1"},
        {"DeliveryStatusSuccessSamplingRate": "101"},
        {"DefaultSMSType": "Promotional", "DeliveryStatusSuccessSamplingRate": "x"},
    ],
)
def test_attributes_that_are_refused(sns, attributes):
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.set_sms_attributes(attributes=attributes)
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"DefaultSMSType": "Promotional", "MonthlySpendLimit": "0"},
        {"DefaultSMSType": "Transactional", "MonthlySpendLimit": "1000000000"},
        {"DefaultSenderID": "a"},
        {"DefaultSenderID": "elevenchars"},
        {"DeliveryStatusSuccessSamplingRate": "0"},
        {"DeliveryStatusSuccessSamplingRate": "100"},
        {"UsageReportS3Bucket": "bucket", "DeliveryStatusIAMRole": "arn:aws:iam::123456789012:role/r"},
    ],
)
def test_values_that_attributes_can_have(sns, attributes):
    sns.set_sms_attributes(attributes=attributes)
    assert sns.get_sms_attributes()["attributes"] == {"MonthlySpendLimit": "1"} | attributes


@pytest.mark.parametrize("rate", ["", "101", "-1", "x"])
def test_the_sampling_rate(sns, refused, rate):
    """[seen on AWS]"""
    text = "DeliveryStatusSuccessSamplingRate is not an integer between 0-100"
    given = {"DeliveryStatusSuccessSamplingRate": rate}
    refused(sns.set_sms_attributes, "InvalidParameter", text, attributes=given)


@pytest.mark.parametrize(
    ("number", "constraint"),
    [
        ("1234567890", r"Member must satisfy regular expression pattern: ^(\+[0-9]{8,}|[0-9]{0,9})$"),
        ("+" + "1" * 20, "Member must have length less than or equal to 20"),
    ],
)
def test_numbers_of_the_sandbox_are_not_repeated(sns, refused, number, constraint):
    """[seen on AWS]"""
    text = f"1 validation error detected: Value at 'phoneNumber' failed to satisfy constraint: {constraint}"
    refused(sns.create_sms_sandbox_phone_number, "ValidationError", text, PhoneNumber=number)


# --- opting out ------------------------------------------------------------------------------------------------------


def test_a_text_message_has_at_most_1600_characters(sns, outbox):
    sns.publish(PhoneNumber=NUMBER, Message="\u00e4" * 1600)
    structured = json.dumps({"default": "x" * 1601, "sms": "short"})
    sns.publish(PhoneNumber=NUMBER, Message=structured, MessageStructure="json")
    assert [len(departure.body) for departure in outbox] == [1600, 5]
    for options in (
        {"Message": "x" * 1601},
        {"Message": json.dumps({"default": "short", "sms": "x" * 1601}), "MessageStructure": "json"},
    ):
        with pytest.raises(sns.exceptions.InvalidParameterException, match="Invalid parameter: Message too long"):
            sns.publish(PhoneNumber=NUMBER, **options)
    assert len(outbox) == 2


def test_a_number_that_never_opted_out(sns):
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is False
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    sns.opt_in_phone_number(phoneNumber=NUMBER)


def test_a_number_that_opted_out_gets_no_messages_until_it_opts_in(cloud, sns, topic, outbox):
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=NUMBER)
    cloud.opt_out(NUMBER)
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is True
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [NUMBER]
    sns.publish(PhoneNumber=NUMBER, Message="x")
    sns.publish(TopicArn=topic, Message="x")
    with pytest.raises(sns.exceptions.OptedOutException, match=f"number {re.escape(NUMBER)} is opted out$"):
        sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    assert list(outbox) == []
    sns.opt_in_phone_number(phoneNumber=NUMBER)
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == []
    sns.publish(PhoneNumber=NUMBER, Message="x")
    assert len(outbox) == 1


def test_numbers_that_opted_out_are_listed_in_pages(cloud, sns):
    numbers = [f"+1555{number:07}" for number in range(101)]
    for number in numbers:
        cloud.opt_out(number)
    first = sns.list_phone_numbers_opted_out()
    second = sns.list_phone_numbers_opted_out(nextToken=first["nextToken"])
    assert first["phoneNumbers"] + second["phoneNumbers"] == numbers
    assert len(first["phoneNumbers"]) == 100
    assert "nextToken" not in second


def test_a_number_is_the_same_however_it_is_written(cloud, sns, outbox):
    cloud.opt_out("+1 555-123-4567")
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [NUMBER]
    sns.publish(PhoneNumber="+1.555.123.4567", Message="x")
    assert list(outbox) == []
    sns.opt_in_phone_number(phoneNumber="15551234567")
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is False


def test_opting_out_is_by_region(cloud, sns, make_client):
    cloud.opt_out(NUMBER, region_name="eu-west-1")
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is False
    elsewhere = make_client("sns", "eu-west-1")
    assert elsewhere.check_if_phone_number_is_opted_out(phoneNumber=NUMBER)["isOptedOut"] is True


@pytest.mark.parametrize("number", ["", "x", "+44742LALALA"])
def test_what_is_no_number_can_not_opt_out(cloud, number):
    with pytest.raises(minicloud.UsageError, match="is not a telephone number"):
        cloud.opt_out(number)


@pytest.mark.parametrize("number", ["+44742LALALA", "", "x"])
def test_malformed_numbers(sns, refused, number):
    text = "Invalid parameter: PhoneNumber Reason: input incorrectly formatted"
    refused(sns.check_if_phone_number_is_opted_out, "InvalidParameter", text, phoneNumber=number)
    refused(sns.opt_in_phone_number, "InvalidParameter", text, phoneNumber=number)


# --- sandbox ---------------------------------------------------------------------------------------------------------


def statuses(sns):
    numbers = sns.list_sms_sandbox_phone_numbers()["PhoneNumbers"]
    return {number["PhoneNumber"]: number["Status"] for number in numbers}


def test_a_sandbox_number_is_verified_with_the_password_it_was_sent(cloud, sns, outbox):
    assert sns.get_sms_sandbox_account_status()["IsInSandbox"] is True
    sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER, LanguageCode="en-GB")
    assert statuses(sns) == {NUMBER: "Pending"}
    password = re.search(r"\d{5,8}", outbox.to(NUMBER)[0].body)[0]
    wrong = "0" * len(password) if password != "0" * len(password) else "1" * len(password)
    with pytest.raises(sns.exceptions.VerificationException, match=r"The one-time password is not correct$") as caught:
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=wrong)
    assert caught.value.response["Status"] == "Pending"
    assert caught.value.response["Error"]["Status"] == "Pending"
    sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
    assert statuses(sns) == {NUMBER: "Verified"}
    cloud.clock.advance(86_399)
    with pytest.raises(
        sns.exceptions.UserErrorException, match=r"deleted 24 hours after its verification at the earliest$"
    ):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    cloud.clock.advance(1)
    sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    assert statuses(sns) == {}


def test_the_sandbox_has_ten_numbers(sns):
    for digit in range(10):
        sns.create_sms_sandbox_phone_number(PhoneNumber=f"+1555000000{digit}")
    text = "The limit of 10 destination phone numbers in the SMS sandbox is reached$"
    with pytest.raises(sns.exceptions.UserErrorException, match=text):
        sns.create_sms_sandbox_phone_number(PhoneNumber="+15551111111")
    sns.create_sms_sandbox_phone_number(PhoneNumber="+15550000000")
    assert len(statuses(sns)) == 10
    first = sns.list_sms_sandbox_phone_numbers(MaxResults=7)
    second = sns.list_sms_sandbox_phone_numbers(MaxResults=7, NextToken=first["NextToken"])
    assert [len(page["PhoneNumbers"]) for page in (first, second)] == [7, 3]


def test_numbers_that_are_not_in_the_sandbox(sns):
    text = f"No such destination phone number: {re.escape(NUMBER)}$"
    with pytest.raises(sns.exceptions.ResourceNotFoundException, match=text):
        sns.delete_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    with pytest.raises(sns.exceptions.ResourceNotFoundException, match=text):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword="12345")


@pytest.mark.parametrize("number", ["x", "+1-555", "+" + "1" * 20, "+1234567", "1" * 10])
def test_the_form_of_sandbox_numbers(sns, number):
    with pytest.raises(sns.exceptions.ClientError) as caught:
        sns.create_sms_sandbox_phone_number(PhoneNumber=number)
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_the_form_of_what_else_the_sandbox_takes(sns):
    sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    with pytest.raises(error_class("ParamValidationError")):
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword="1234")
    for password in ("123456789", "12a45"):
        with pytest.raises(sns.exceptions.ClientError, match="oneTimePassword"):
            sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
    with pytest.raises(sns.exceptions.ClientError, match="languageCode"):
        sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER, LanguageCode="tlh")
    with pytest.raises(sns.exceptions.ClientError, match="maxResults"):
        sns.list_sms_sandbox_phone_numbers(MaxResults=101)
    with pytest.raises(error_class("ParamValidationError")):
        sns.list_sms_sandbox_phone_numbers(MaxResults=0)


LANGUAGES = "en-US en-GB es-419 es-ES de-DE fr-CA fr-FR it-IT ja-JP pt-BR kr-KR zh-CN zh-TW"


def test_what_else_the_sandbox_takes_at_its_bounds(sns, outbox):
    for language in LANGUAGES.split():
        sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER, LanguageCode=language)
    assert len(outbox.to(NUMBER)) == len(LANGUAGES.split())
    sent = {departure.body.removeprefix("Your AWS SNS SMS sandbox verification code is ") for departure in outbox}
    assert {len(password) for password in sent} == {6}
    for password in ("00000", "00000000"):
        with pytest.raises(sns.exceptions.VerificationException):
            sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
    numbers = ["1", "1" * 9, "+" + "1" * 8, "+" + "1" * 19]
    for number in numbers:
        sns.create_sms_sandbox_phone_number(PhoneNumber=number)
    assert statuses(sns) == dict.fromkeys([NUMBER, *numbers], "Pending")
    for most in (1, 100):
        assert len(sns.list_sms_sandbox_phone_numbers(MaxResults=most)["PhoneNumbers"]) == min(most, 5)
        assert sns.list_origination_numbers(MaxResults=min(most, 30))["PhoneNumbers"] == []


def test_a_number_that_is_verified_says_so_to_a_wrong_password(cloud, sns, outbox):
    sns.create_sms_sandbox_phone_number(PhoneNumber=NUMBER)
    password = outbox.to(NUMBER)[0].body[-6:]
    sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword=password)
    with pytest.raises(sns.exceptions.VerificationException) as caught:
        sns.verify_sms_sandbox_phone_number(PhoneNumber=NUMBER, OneTimePassword="00000")
    assert caught.value.response["Status"] == "Verified"


def test_there_are_no_numbers_to_send_from(sns):
    assert sns.list_origination_numbers()["PhoneNumbers"] == []
    with pytest.raises(sns.exceptions.ClientError, match="maxResults"):
        sns.list_origination_numbers(MaxResults=31)


@pytest.mark.parametrize("name", ["ValidationException", "VerificationException"])
def test_an_error_that_has_its_text_as_a_member_has_it_in_a_fault_too(cloud, sns, name):
    cloud.faults.refuse((name, "no"), operation="ListOriginationNumbers")
    with pytest.raises(getattr(sns.exceptions, name)) as caught:
        sns.list_origination_numbers()
    del caught.value.response["ResponseMetadata"]
    error = {"Type": "Sender", "Code": name, "Message": "no"}
    assert caught.value.response == {"Error": error, "Message": "no"}
