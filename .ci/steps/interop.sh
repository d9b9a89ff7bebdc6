# Libraries that people use on top of boto3 work under mock_aws().
. "$ci/lib.sh"

# The same boto3 as in the other steps.
boto=$(grep -oE '"(boto3|botocore)==[0-9.]+"' "$source/pyproject.toml" | tr -d '"')
environment interop "$oldest" --editable . $boto aiobotocore --requirement tests/interop/requirements.txt
nothing_skips aioboto3 httpx moto
# Of the pages those that are about such libraries.
MINICLOUD_INTEROP=1 "$bin/python" -m pytest -o asyncio_default_fixture_loop_scope=function \
    tests/interop tests/boto/test_fetch.py tests/boto/test_fails_closed.py \
    tests/boto/test_other_mocks.py tests/boto/test_passthrough.py \
    tests/docs/test_docs.py -k "not test_docs.py or libraries or migrate or with-celery"
