# The oldest botocore that works under mock_aws(): contract tests hold through boto3, but those of what it does not know.
. "$ci/lib.sh"

# docs/reference/boto3.md promises this release.
environment botocore-oldest "$oldest" --editable . boto3==1.35.0 botocore==1.35.0 \
    freezegun httpx hypothesis pytest requests
nothing_skips aiobotocore aiohttp moto celery
"$bin/python" -m pytest -q tests/boto/test_newer_models.py tests/boto/test_hosts.py tests/boto/test_trace_header.py \
    tests/boto/test_signed_requests.py

# All but the tests that are marked (tests/support/modelled.py) as needing what it has not heard of.
say "tests of the contract through boto3"
MINICLOUD_WAYS=boto3 "$bin/python" -m pytest tests/sqs tests/sns tests/kinesis tests/lambda_ \
    tests/iam tests/logs tests/cloudwatch -m "way and not needs and not exhaustive and not stress"
