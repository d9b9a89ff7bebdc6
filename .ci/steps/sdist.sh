# Wheel and source distribution are the same bit for bit wherever they are built, hold what is committed, and the tests pass from the latter.
. "$ci/lib.sh"

here=$PWD
# Without minicloud: what the tests import is what was unpacked.
environment build "$oldest" build hatchling hypothesis pytest
export MINICLOUD_PROCESSES=1 # the other core has another step
cd "$here"
"$ci/build" "$bin/python" distributions

say "tests, from the source distribution"
mkdir unpacked
tar --extract --gzip --file distributions/*.tar.gz --strip-components 1 --directory unpacked
cd unpacked
# Whoever packages minicloud for others runs them: here those of a service, of the documentation and of the package, but the
# examples of pages, which run on this Python in the step readme. All others are imported, as they stand: pytest need not rewrite them for that.
"$bin/python" -m pytest -q -p no:cacheprovider --assert=plain --collect-only tests >"$TMPDIR/collected"
tail -n 1 "$TMPDIR/collected"
"$bin/python" -m pytest -q -p no:cacheprovider tests/sqs tests/docs tests/test_*.py \
    --deselect tests/docs/test_docs.py::test_examples_run --deselect tests/docs/test_docs.py::test_example_tests_pass
