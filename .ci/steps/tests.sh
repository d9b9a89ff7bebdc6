# All tests in random order, with boto3 and aiobotocore: among them the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# A run with one Python alone leaves nothing out.
what=""
elsewhere=()
# What the repository's files say, and scripts of the CI, neither an interpreter nor a package decides: the step readme
# goes through all of it, on the oldest.
same_everywhere=(tests/ci tests/docs/test_{description,fidelity,paths,promises,site,troubleshooting}.py
    tests/test_architecture.py)
if [ "$oldest" = "$newest" ]; then
    :
elif [ "$version" = "$newest" ]; then
    # What goes by depth goes all the way in the step stress, in random order too, with the same packages and in the same
    # region: here it would go some of that way again.
    what="not hypothesis and not exhaustive and not stress"
    # Whoever works in another region than most examples name has them pass, too: all is in Ireland.
    export AWS_DEFAULT_REGION=eu-west-1
    # Through boto3 the contract is gone on this Python with the newest botocore (botocore-newest), and with this one
    # through its full pipeline, from end to end of it (ways); with this one's fast path on the oldest Python, below.
    export MINICLOUD_WAYS="native asyncio"
    elsewhere=("${same_everywhere[@]}")
elif [ "$version" = "$oldest" ]; then
    # All else the step readme goes through on this Python: what asks for no package, and takes no way in that needs one.
    # What goes by depth is gone some of the way there, and with real clients in the steps alone and aioboto3.
    what="(way or needs) and not hypothesis and not exhaustive and not stress"
    export MINICLOUD_WAYS=boto3
    # What has to do with boto3 and not with aiobotocore goes with three other releases of it on this Python (alone,
    # aioboto3, aioboto3-14), and with this one on the newest.
    mapfile -t elsewhere < <(grep -L aiobotocore tests/boto/test_*.py)
    # Through boto3 the contract of these is gone on this Python with the oldest botocore (botocore-oldest), and on the
    # newest Python with the newest one.
    mapfile -t -O ${#elsewhere[@]} elsewhere < <(
        grep -LF "mark.needs(" tests/{sqs,sns,kinesis,lambda_,iam,logs,cloudwatch}/test_*.py)
else
    # All ways are gone by some tests, each test goes one: each goes each on the two above.
    what="not hypothesis and not exhaustive and not stress"
    export MINICLOUD_DEAL_OUT=1
    # In CI hypothesis makes the same examples on each Python: the newest goes through all of them, the oldest through some.
    # Nor does an interpreter decide whether requests and answers are botocore's to the letter, in examples that are the
    # same on each, or taken from the same settings; what botocore's models and partitions have that minicloud has not; nor
    # what pages say: the newest has all of that, the oldest some.
    elsewhere=(tests/{ci,docs} tests/test_architecture.py
        tests/boto/test_{config,contract,credentials,dates_as_texts,faults,fetch,full_pipeline,hostile_values,hosts}.py
        tests/boto/test_{moto_config,newer_models,odd_values,protocols,signed_requests,streams,timestamps,wire}.py)
fi
if [ ${#elsewhere[@]} -gt 0 ]; then
    ls -d "${elsewhere[@]}" >/dev/null # what is called otherwise by now would be gone through in vain
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 "${elsewhere[@]/#/--ignore=}" ${what:+-m "$what"}
