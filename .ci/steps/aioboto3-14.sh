# The release before of aioboto3 works under mock_aws(), with the aiobotocore, boto3 and botocore that it takes.
. "$ci/lib.sh"

environment aioboto3-14 "$oldest" --editable . "aioboto3==14.*" \
    freezegun httpx hypothesis moto pytest requests time-machine
nothing_skips aiobotocore.httpxsession # later releases have it
"$bin/python" -m pytest tests/boto -m "not stress" # which no release of theirs decides
