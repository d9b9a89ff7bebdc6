"""Signatures of messages and the certificate that proves them."""

from __future__ import annotations

import base64
import hashlib
import shutil
import ssl
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minicloud.services.sns.certificate import MODULUS, PRIVATE_EXPONENT
from minicloud.services.sns.signature import (
    certificate_pem,
    is_signing_cert_url,
    sign,
    signing_cert_url,
    string_to_sign,
    verify,
)
from tests.support.depth import deep

NOTIFICATION = {
    "Type": "Notification",
    "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
    "TopicArn": "arn:aws:sns:us-east-1:111122223333:T",
    "Message": 'Hello\nthere "you"',
    "Timestamp": "2025-01-01T12:45:07.000Z",
    "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
}


def test_string_to_sign_of_a_notification():
    expected = (
        'Message\nHello\nthere "you"\nMessageId\ndc1e94d9-56c5-5e96-808d-cc7f68faa162\n'
        "Timestamp\n2025-01-01T12:45:07.000Z\nTopicArn\narn:aws:sns:us-east-1:111122223333:T\nType\nNotification\n"
    )
    assert string_to_sign(NOTIFICATION) == expected
    with_subject = string_to_sign(NOTIFICATION | {"Subject": "S"})
    assert with_subject == expected.replace("\nTimestamp", "\nSubject\nS\nTimestamp")


@pytest.mark.parametrize("kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"])
def test_string_to_sign_of_confirmations(kind):
    fields = NOTIFICATION | {"Type": kind, "Token": "2336", "SubscribeURL": "https://x", "Subject": "not signed"}
    assert string_to_sign(fields) == (
        'Message\nHello\nthere "you"\nMessageId\ndc1e94d9-56c5-5e96-808d-cc7f68faa162\nSubscribeURL\nhttps://x\n'
        f"Timestamp\n2025-01-01T12:45:07.000Z\nToken\n2336\nTopicArn\narn:aws:sns:us-east-1:111122223333:T\nType\n{kind}\n"
    )


# --- a reader of DER, just enough for a certificate ------------------------------------------------------------------


def elements(data):
    """The (tag, content, whole) of each element in ``data``."""
    found = []
    while data:
        length, start = data[1], 2
        if length & 0x80:
            start = 2 + (length & 0x7F)
            length = int.from_bytes(data[2:start], "big")
        found.append((data[0], data[start : start + length], data[: start + length]))
        data = data[start + length :]
    return found


def certificate():
    der = ssl.PEM_cert_to_DER_cert(certificate_pem().decode())
    [(_, content, _)] = elements(der)
    signed, _, signature = elements(content)
    members = elements(signed[1])
    public_key = elements(members[6][1])[1][1][1:]  # a bit string: without the count of unused bits
    modulus, exponent = (int.from_bytes(member[1], "big") for member in elements(elements(public_key)[0][1]))
    return members, signed[2], signature[1][1:], modulus, exponent


def opened(signature, modulus, exponent):
    """What an RSA signature holds: the padded digest."""
    return pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(256, "big")


SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def padded(info, digest):
    return b"\x00\x01".ljust(256 - len(info + digest) - 1, b"\xff") + b"\x00" + info + digest


def test_the_certificate_is_a_self_signed_one_of_sns():
    members, signed, signature, modulus, exponent = certificate()
    assert certificate_pem().startswith(b"-----BEGIN CERTIFICATE-----\n")
    assert certificate_pem().endswith(b"\n-----END CERTIFICATE-----\n")
    assert modulus.bit_length() == 2048
    assert members[0][1] == b"\x02\x01\x02"  # version 3
    assert members[3] == members[5]  # issuer and subject
    assert b"sns.amazonaws.com" in members[3][1]
    assert [validity[1] for validity in elements(members[4][1])] == [b"200101000000Z", b"21001231235959Z"]
    assert opened(signature, modulus, exponent) == padded(SHA256_INFO, hashlib.sha256(signed).digest())


@pytest.mark.parametrize(("version", "algorithm", "info"), [("1", "sha1", SHA1_INFO), ("2", "sha256", SHA256_INFO)])
def test_a_signature_opens_with_the_key_of_the_certificate(version, algorithm, info):
    *_, modulus, exponent = certificate()
    text = string_to_sign(NOTIFICATION)
    signature = base64.b64decode(sign(text, version), validate=True)
    assert len(signature) == 256
    assert opened(signature, modulus, exponent) == padded(info, hashlib.new(algorithm, text.encode()).digest())


@settings(max_examples=deep(100))
@given(st.text(), st.sampled_from([("1", "sha1", SHA1_INFO), ("2", "sha256", SHA256_INFO)]))
def test_a_signature_is_the_power_of_the_padded_digest_bit_for_bit(text, kind):
    version, algorithm, info = kind
    number = int.from_bytes(padded(info, hashlib.new(algorithm, text.encode()).digest()), "big")
    assert sign(text, version) == base64.b64encode(pow(number, PRIVATE_EXPONENT, MODULUS).to_bytes(256, "big")).decode()


def test_version_1_is_the_default():
    assert sign("x") == sign("x", "1") != sign("x", "2")


@settings(max_examples=deep(30))
@given(st.text(), st.text(), st.sampled_from(["1", "2"]))
def test_only_the_genuine_text_verifies(text, other, version):
    signature = sign(text, version)
    assert verify(text, signature, version)
    assert verify(other, signature, version) == (text == other)
    assert not verify(text, signature, "2" if version == "1" else "1")
    assert not verify(text + " ", signature, version)


@pytest.mark.parametrize(
    "signature", ["", "no base64!", "AAAA", sign("text") + "!", base64.b64encode(b"\xff" * 256).decode()]
)
def test_what_is_no_signature_does_not_verify(signature):
    assert not verify("text", signature)


def test_the_url_of_the_certificate():
    url = signing_cert_url("eu-west-1")
    start, end = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-", ".pem"
    assert url.startswith(start)
    assert url.endswith(end)
    digits = url[len(start) : -len(end)]
    assert len(digits) == 32
    assert digits == hashlib.md5(ssl.PEM_cert_to_DER_cert(certificate_pem().decode())).hexdigest()
    assert is_signing_cert_url(url)
    for other in (
        url + "x",
        url.replace("https", "http"),
        url.replace("sns.", "sns.evil.com/"),
        "",
        url.replace("a", "b"),
    ):
        assert not is_signing_cert_url(other)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
@pytest.mark.parametrize(("version", "digest"), [("1", "-sha1"), ("2", "-sha256")])
def test_openssl_agrees(tmp_path, version, digest):
    text = string_to_sign(NOTIFICATION)
    (tmp_path / "text").write_text(text, newline="")
    (tmp_path / "signature").write_bytes(base64.b64decode(sign(text, version)))
    (tmp_path / "certificate.pem").write_bytes(certificate_pem())

    def openssl(*arguments):
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    (tmp_path / "key.pem").write_text(openssl("x509", "-in", "certificate.pem", "-noout", "-pubkey").stdout)
    check = ["dgst", digest, "-verify", "key.pem", "-signature", "signature"]
    assert openssl(*check, "text").stdout == "Verified OK\n"
    (tmp_path / "text").write_text(text + "x", newline="")
    assert openssl(*check, "text").returncode != 0
    chain = openssl("verify", "-check_ss_sig", "-CAfile", "certificate.pem", "certificate.pem")
    assert chain.stdout == "certificate.pem: OK\n"
