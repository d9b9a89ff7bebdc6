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
# Whoever packages minicloud for others runs them. That they pass on this Python the step readme shows, and that all of them
# are there what was built has been compared with: here those that look at files beside themselves (the documentation, the
# package, the page of figures) and those of a service are run, but examples of pages; of the CI, which stays, those that are
# there for it are imported.
"$bin/python" -m pytest -q -p no:cacheprovider --collect-only tests/ci | tail -n 1
"$bin/python" -m pytest -q -p no:cacheprovider tests/scheduler tests/docs \
    tests/test_{architecture,demo,public_names,public_paths,typing_names,version}.py tests/engine/test_other_distribution.py \
    tests/performance/test_page.py \
    --deselect tests/docs/test_docs.py::test_examples_run --deselect tests/docs/test_docs.py::test_example_tests_pass
