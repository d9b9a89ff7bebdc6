# The benchmarks run (how fast things are is not judged here: tests/performance holds the budgets of instructions).
. "$ci/lib.sh"

tools "$version"
"$bin/python" benchmarks/run.py --quick --json "$TMPDIR/benchmarks.json"
"$bin/python" -m json.tool "$TMPDIR/benchmarks.json" /dev/null
