# Libraries that people use on top of boto3 work under mock_aws().
. "$ci/lib.sh"

environment interop "$oldest" "boto3==$botocore" "botocore==$botocore" aiobotocore \
    --requirement "$source/tests/interop/requirements.txt"
nothing_skips aioboto3 httpx moto
MINICLOUD_INTEROP=1 "$bin/python" -m pytest -o asyncio_default_fixture_loop_scope=function \
    tests/interop tests/boto/test_fetch_boto.py tests/boto/test_fails_closed_boto.py
