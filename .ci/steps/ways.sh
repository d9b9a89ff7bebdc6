# Tests of the contract through botocore's full pipeline, through aiobotocore, and over a socket.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# What takes a way in has its name among its parameters.
MINICLOUD_WAYS="full-pipeline aiobotocore" "$bin/python" -m pytest -p no:randomly -p no:xdist -k "full-pipeline or aiobotocore"
# CloudWatch in the protocols of other releases and SDKs.
MINICLOUD_WAYS="query cbor" "$bin/python" -m pytest -p no:randomly -p no:xdist tests/cloudwatch -k "query or cbor"
# Over a socket. What a cloud knows beyond AWS's texts does not go over the wire; events of a shard are sent before they
# are asked for, and a stream that a test does not read to its end is a socket that botocore leaves open; botocore's
# rules of endpoints do not look at ARNs where there is an endpoint_url.
MINICLOUD_WAYS="endpoint" "$bin/python" -m pytest -p no:randomly -p no:xdist -W "ignore::pytest.PytestUnraisableExceptionWarning" tests/sqs tests/sns tests/kinesis tests/lambda_ tests/iam tests/logs -k "endpoint and not notes and not subscribe_to_shard and not fan_out and not test_arns and not not_copied and not resources_that_are_not_there and not test_subscribing and not what_is_not_answered"
MINICLOUD_WAYS="endpoint endpoint-query endpoint-cbor" "$bin/python" -m pytest -p no:randomly -p no:xdist tests/cloudwatch -k "endpoint"
