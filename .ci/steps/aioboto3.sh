# aioboto3 works under mock_aws(), and the tests of the contract hold through it.
. "$ci/lib.sh"

# aioboto3 names the one release of aiobotocore that it takes, which is of the line before that of the other steps.
environment aioboto3-15 "$oldest" --editable . "aioboto3==15.*" \
    freezegun httpx hypothesis moto pytest pytest-xdist requests time-machine
nothing_skips
"$bin/python" -m pytest -n 2 tests/boto

# All but what its botocore has not heard of: on-demand advantage, warm throughput, and the parameter StreamId.
newer=()
for test in fan_out.py::test_{fifty_consumers_with_on_demand_advantage,the_advantage_is_for_streams_on_demand_only} \
    settings.py::test_{a_commitment_lasts_for_a_day,warm_throughput} \
    validation.py::test_{what_botocore_finds_before_the_call,a_boolean_is_no_number,the_reserved_stream_id_is_ignored}; do
    newer+=(--deselect "tests/kinesis/test_$test[aioboto3]")
done
say "tests of the contract through aioboto3"
nothing_skips aioboto3 httpx moto
MINICLOUD_WAYS=aioboto3 "$bin/python" -m pytest -n 2 tests/sqs tests/sns tests/kinesis \
    -m "not needs" "${newer[@]}"
