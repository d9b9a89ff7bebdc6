# aioboto3 works under mock_aws(), and the tests of the contract hold through it.
. "$ci/lib.sh"

# aioboto3 names the one release of aiobotocore that it takes, which is of the line before that of the other steps.
environment aioboto3-15 "$oldest" --editable . "aioboto3==15.*" \
    freezegun httpx hypothesis moto pytest requests time-machine
nothing_skips
# No release of theirs decides what is marked stress. What has to do with boto3 alone, and whether requests and answers are
# botocore's to the letter, with any values, is gone through with an older release in the step aioboto3-14, and with two
# newer ones in alone and stress.
mapfile -t elsewhere < <(grep -LE "aiobotocore|aioboto3" tests/boto/test_*.py)
elsewhere+=(tests/boto/test_{hostile_values,odd_values,wire}.py)
ls -d "${elsewhere[@]}" >/dev/null # what is called otherwise by now would be gone through in vain
"$bin/python" -m pytest tests/boto -m "not stress" "${elsewhere[@]/#/--ignore=}"

# All but the tests that are marked (tests/support/modelled.py) as needing what its botocore has not heard of. All pairs of
# parameters go through aiobotocore in the step alone.
say "tests of the contract through aioboto3"
nothing_skips aioboto3 httpx moto celery
MINICLOUD_WAYS=aioboto3 "$bin/python" -m pytest tests/sqs tests/sns tests/kinesis tests/lambda_ \
    tests/iam tests/logs -m "way and not needs and not exhaustive and not stress"
