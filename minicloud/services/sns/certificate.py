"""The key pair and the certificate that every SNS message of an emulated cloud is signed with.

The key is made for signing fast, and is worth nothing as a secret. A modulus ``n``, a public exponent ``e`` and a
private exponent ``d`` fit together when ``e*d - 1`` is a multiple of ``p - 1`` for every prime factor ``p`` of ``n``.
Usually the primes come first and ``d`` is as long as ``n``, which costs Python six milliseconds a signature. Here
``d = 3`` came first: ``e*d - 1 = 6262256000 = 2^7 * 5^3 * 7 * 11 * 13 * 17 * 23`` has so many divisors that the
primes one above a divisor multiply up to 2,048 bits, AWS's own key size. A signature is then a cube
(3.5 µs, see ``signature``), while ``e`` is a prime below 2^31 and ``n`` looks like any other modulus: verifying is
plain RSA, for OpenSSL and everything built on it. Anybody can forge such a signature; it proves that an application
checks them.

The certificate is an X.509 v3 one, self-signed with SHA256, of ``CN=sns.amazonaws.com``, valid from 2020 to 2100.
"""

from __future__ import annotations

__all__ = ["CERTIFICATE_ID", "CERTIFICATE_PEM", "MODULUS", "PRIVATE_EXPONENT", "PUBLIC_EXPONENT"]

PUBLIC_EXPONENT = 2087418667
PRIVATE_EXPONENT = 3
MODULUS = int(
    "ff3b81d26303881dd584f0aa5d6cdb87686e6a3236a5cd97e231cb762645075c83c39cf19bb465672cb4207099f40c28"
    "8d46bea328c749ff0f74a0539fc5a43c586d85723b98968285852f9db2c3ddd69a54371b938a9b6dbc8190853753e2b5"
    "e0acd4179867dc869c19b28ee15b7761b77c983a358ba2fa70788b72ebcfffcd3f892c9d8bc91c0dea6629b44c3ddab6"
    "06465fcb8403337d622e838b3eb7e3e95664d6dc434e2aac87fda6fbb25c67a16caab944dc251a5d0fac9c019219b61f"
    "cafb7863508e9f534403364351c0bb58d1b64a2146674be62a6ffff5bcac93f574fdb3d4a7ec4b5a255f4f246d1a6bf7"
    "cdd2d20766affe2ad071fd94d953e74d",
    16,
)
"""2,048 bits."""

CERTIFICATE_ID = "2c097b6e190f492cd2763df28c85caac"
"""The 32 hexadecimal digits in the certificate's URL: the MD5 of its DER form."""

CERTIFICATE_PEM = b"""\
-----BEGIN CERTIFICATE-----
MIIDIjCCAgqgAwIBAgIQAK8yz9/U7SqOy60eA2V3PzANBgkqhkiG9w0BAQsFADAc
MRowGAYDVQQDDBFzbnMuYW1hem9uYXdzLmNvbTAgFw0yMDAxMDEwMDAwMDBaGA8y
MTAwMTIzMTIzNTk1OVowHDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wggEj
MA0GCSqGSIb3DQEBAQUAA4IBEAAwggELAoIBAQD/O4HSYwOIHdWE8KpdbNuHaG5q
MjalzZfiMct2JkUHXIPDnPGbtGVnLLQgcJn0DCiNRr6jKMdJ/w90oFOfxaQ8WG2F
cjuYloKFhS+dssPd1ppUNxuTipttvIGQhTdT4rXgrNQXmGfchpwZso7hW3dht3yY
OjWLovpweIty68//zT+JLJ2LyRwN6mYptEw92rYGRl/LhAMzfWIug4s+t+PpVmTW
3ENOKqyH/ab7slxnoWyquUTcJRpdD6ycAZIZth/K+3hjUI6fU0QDNkNRwLtY0bZK
IUZnS+Yqb//1vKyT9XT9s9Sn7EtaJV9PJG0aa/fN0tIHZq/+KtBx/ZTZU+dNAgR8
a3sro10wWzAcBgNVHREEFTATghFzbnMuYW1hem9uYXdzLmNvbTAOBgNVHQ8BAf8E
BAMCB4AwDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUc5Qa8oh6x/x5Cno2GrFHY43j
mjswDQYJKoZIhvcNAQELBQADggEBAMnVT+xIlgRnGrI52ZjmrsGtb2U2k645Vsz3
TlpAFDbVRZZFLJNjFeqN0e63NnAErDAVKVnQoYFmudEB5GeCKmjS87gMzlBkBH7l
4OoN38/PLQXCQ0QmuErt/+X+l5DrmrBrwwyIW31pfXka8fRW6t+7J7aFJDYMUJnf
61iXQYSjt7mIkJQyKgV1wnwIKnWUfDwL/oC4GXmsOSDL5kIcBKifJJjLVmnZ8qWk
qlVF3ULnuD5AZXmK1m061UJRS5UCZx9nojo+ozgox3FvFCxH3evflLK+9/exMDDQ
BbUtrJwTYFiVd2v7Tlc1148qznw9YGRVRgkUlvtVecuqy2v0Opk=
-----END CERTIFICATE-----
"""
