# Tests of the contract through boto3's resources, and through minicloud's own.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
MINICLOUD_WAYS="resource own-resource" "$bin/python" -m pytest -p no:randomly -p no:xdist \
    tests/sqs/test_{batches,messages,polls,queues}.py tests/sns/test_{mobile_push,publish,subscriptions,topics}.py
