# The tests pass years from now: thirteen, which is beyond what 32 bits of seconds can tell; with pytest and hypothesis alone.
. "$ci/lib.sh"

faketime() {
    library=$(find /usr/lib /usr/lib64 /usr/local/lib -name libfaketime.so.1 -print -quit 2>/dev/null) || true
    [ -n "$library" ]
}
debian libfaketime "libfaketime" faketime
faketime

environment later "$oldest" --editable . hypothesis pytest
export MINICLOUD_PROCESSES=1
# Only what tells the date is put off, by as much in each process that a test starts; what counts from the start of the
# machine, and the times of files, are as they are.
then=(env "LD_PRELOAD=$library" FAKETIME=+13y FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1)
# Once to see that it is seen, in this process and in those that it starts.
"${then[@]}" "$bin/python" -c '
import subprocess, sys, time
from datetime import datetime

child = float(subprocess.check_output([sys.executable, "-c", "import time; print(time.time())"]))
if min(child, time.time(), time.time_ns() / 10**9, datetime.now().timestamp()) < 2**31:
    sys.exit(f"the date is not what it was to be: {datetime.now()}")
'
# All that is told of dates, takes one, or counts from one. What goes by depth has no dates of its own, and is long; nor have
# refusals; nor what waits in real time for threads and sockets, which the library keeps from waiting: they spin.
"${then[@]}" "$bin/python" -m pytest -q -m "not hypothesis and not exhaustive and not stress" --junitxml="$TMPDIR/later.xml" \
    --ignore-glob='*/test_*interruptions.py' --ignore-glob='*/test_until*.py' --ignore-glob='*/test_real_posts.py' \
    --ignore-glob='*/test_*refusals*.py' --ignore-glob='*/test_validation.py' --ignore-glob='*/test_hostile*.py' \
    tests/ci/test_release.py tests/core tests/engine/test_clock.py tests/flows tests/inspection tests/sqs tests/sns \
    tests/kinesis tests/lambda_ tests/iam tests/logs tests/s3 tests/firehose tests/cloudwatch tests/autoscaling \
    tests/events tests/scheduler tests/pipes tests/server/test_http.py
# The run itself was then.
grep -qE 'timestamp="20(39|[4-9][0-9])-' "$TMPDIR/later.xml"
