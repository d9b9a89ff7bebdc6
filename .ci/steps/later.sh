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
# What goes by depth has no dates of its own, and is long.
"${then[@]}" "$bin/python" -m pytest -q -m "not hypothesis and not stress" --junitxml="$TMPDIR/later.xml" \
    tests --ignore=tests/ci/test_run.py --ignore=tests/performance --ignore-glob='*/test_*interruptions.py'
# The run itself was then.
grep -qE 'timestamp="20(39|[4-9][0-9])-' "$TMPDIR/later.xml"
