# Tests of the contract through botocore's full pipeline, and over a socket.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# What takes a way in has its name among its parameters. (The way through aiobotocore is gone in the step alone.)
MINICLOUD_WAYS="full-pipeline" "$bin/python" -m pytest -p no:randomly -p no:xdist -m way -k "full-pipeline"
# CloudWatch in the protocols of other releases and SDKs.
MINICLOUD_WAYS="query cbor" "$bin/python" -m pytest -p no:randomly -p no:xdist tests/cloudwatch -k "query or cbor"
# Over a socket. What a cloud knows beyond AWS's texts does not go over the wire. Nor does reading a stream of events move
# a clock: for a reader in another process nobody does; a stream that a test does not read to its end is a socket that
# botocore leaves open. Botocore's rules of endpoints do not look at ARNs where there is an endpoint_url.
elsewhere=(tests/kinesis/test_dry_runs.py::test_subscribing tests/kinesis/test_streams.py::test_arns_that_are_nearly_right
    tests/kinesis/test_tags_and_policies.py::test_resources_that_are_not_there tests/kinesis/test_validation.py::test_arns
    tests/kinesis/test_writing.py::test_data_is_not_copied
    tests/logs/test_groups.py::test_what_is_not_answered_says_what_to_do
    tests/logs/test_groups.py::test_an_entity_that_relates_to_nothing
    tests/sns/test_deliveries.py::test_the_confirmation_that_a_web_server_is_sent) # its link leads to the server
for test in it_lasts_five_minutes_and_beats it_goes_on_at_the_continuation_number it_follows_the_clock closing_it_ends_it \
    a_second_subscription_waits_five_seconds_and_takes_over records_that_go_before_they_are_read a_reset_ends_it \
    two_mebibytes_a_second_and_consumer; do
    elsewhere+=("tests/kinesis/test_fan_out.py::test_$test")
done
MINICLOUD_WAYS="endpoint" "$bin/python" -m pytest -p no:randomly -p no:xdist -W "ignore::pytest.PytestUnraisableExceptionWarning" \
    tests/sqs tests/sns tests/kinesis tests/lambda_ tests/iam tests/logs \
    tests/s3 tests/firehose tests/pipes tests/scheduler tests/events "${elsewhere[@]/#/--deselect=}" \
    -k "endpoint and not test_notes and not endpoint-subscribe_to_shard"
MINICLOUD_WAYS="endpoint endpoint-query endpoint-cbor" "$bin/python" -m pytest -p no:randomly -p no:xdist tests/cloudwatch -k "endpoint and not test_notes"
