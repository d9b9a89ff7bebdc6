# The newest botocore: what it has and minicloud has not is printed, and lost nowhere; contract tests hold through boto3.
. "$ci/lib.sh"

# Everything else as new as it comes, too: what pytest or hypothesis changes is seen here.
unset PIP_CONSTRAINT PIP_BUILD_CONSTRAINT
environment botocore-newest "$newest" --editable . boto3 freezegun httpx hypothesis pytest requests
nothing_skips aiobotocore aiohttp moto celery

# What is new fails nothing: it is for people to read. It would fail if a client's call could lose it in silence.
say "gaps"
"$bin/python" -m tests.support.model_gaps
"$bin/python" -m pytest -q tests/boto/test_newer_models.py tests/boto/test_hosts.py tests/boto/test_trace_header.py \
    tests/boto/test_signed_requests.py

say "tests of the contract through boto3"
# In Ireland, as in the step tests on this Python, which leaves them to this one.
AWS_DEFAULT_REGION=eu-west-1 MINICLOUD_WAYS=boto3 "$bin/python" -m pytest tests/sqs tests/sns tests/kinesis tests/lambda_ \
    tests/iam tests/logs tests/cloudwatch tests/autoscaling tests/events tests/s3 tests/firehose tests/pipes tests/scheduler \
    -m "way and not needs and not exhaustive and not stress"
