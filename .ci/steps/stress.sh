# Tests of hypothesis, of all combinations and of threads at their full depth, in random order; calls interrupted at each of their places.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
if [ "$version" = "$newest" ]; then
    what="hypothesis or exhaustive or stress"
    # As in the step tests, which leaves these tests to this one.
    export AWS_DEFAULT_REGION=eu-west-1
else
    # In CI hypothesis makes the same examples on each Python, and combinations are what they are: the newest goes through
    # all of them, the others through some, in the steps tests and readme. Where an exception may come into a call, and
    # how threads take turns, is the interpreter's affair. Of the places the newest shows all that there are: it tells
    # the instructions at which it looks, the returns that these pass by are struck, too, and what the oldest has
    # (functions entered, calls that have returned) is among them. So the others strike at every twentieth of theirs,
    # without a trace, and in one way.
    what="stress"
    export MINICLOUD_STRIDE=20
fi
# These wait in real time for most of what they take, and do so beside the others.
waiting=(tests/engine/test_{aio_holders,chance,holders,interrupted_loops}.py)
ls -d "${waiting[@]}" >/dev/null # what is called otherwise by now would wait among the others
# The files that have such tests: to collect all takes as long as some thousands of tests. In each the word stands, which
# tests/conftest.py sees to.
mapfile -t others < <(grep -rlwE "${what// or /|}" tests --include="test_*.py" | grep -vxF "$(printf '%s\n' "${waiting[@]}")")
go_through() { # FILE OR OPTION...
    # One shuffle, always the same: what fails in it fails again.
    "$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 -m "$what" --hypothesis-profile=deep "$@"
}
go_through "${waiting[@]}" >"$TMPDIR/waiting" 2>&1 &
beside=$!
go_through "${others[@]}" || failed=yes
wait $beside || failed=yes
cat "$TMPDIR/waiting"
[ -z "${failed-}" ]
