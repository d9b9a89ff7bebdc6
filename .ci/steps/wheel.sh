# A wheel can be built, carries the package and nothing else, and works where nothing else is installed.
. "$ci/lib.sh"

clone tree
python -m venv bare
bin=$PWD/bare/bin
"$bin/pip" wheel --quiet --no-deps --wheel-dir ./dist ./tree
"$bin/python" -m zipfile --list dist/*.whl >wheel.txt
grep "minicloud/py.typed" wheel.txt
grep "minicloud/clients/peers.pyi" wheel.txt
if grep -E "^(tests|benchmarks|docs)/" wheel.txt; then
    echo "the wheel carries more than the package" >&2
    exit 1
fi
"$bin/pip" install --quiet --no-index --no-deps dist/*.whl
"$bin/pip" check

cd /
"$bin/python" -W error -c "import minicloud; print('imported from the wheel:', minicloud.Cloud().client('sqs'))"
"$bin/python" -W error -m minicloud demo | tail -n 1
