# A wheel can be built, carries the package and nothing else, and works where nothing else is installed.
. "$ci/lib.sh"

clone tree
installer
python -m venv --without-pip bare # a pip of its own takes 1.6 s of CPU, and is not nothing
bin=$PWD/bare/bin
pip=("$work/environments/pip/bin/pip" --python "$bin/python")
"${pip[@]}" wheel --quiet --no-deps --wheel-dir ./dist ./tree
"$bin/python" -m zipfile --list dist/*.whl >wheel.txt
grep "minicloud/py.typed" wheel.txt
grep "minicloud/clients/declared.pyi" wheel.txt
grep "minicloud/clients/peers.pyi" wheel.txt
grep "minicloud/services/sqs/message_shapes.pyi" wheel.txt
if grep -E "^(tests|benchmarks|docs)/" wheel.txt; then
    echo "the wheel carries more than the package" >&2
    exit 1
fi
# On an index the links to files of the repository would lead nowhere.
if "$bin/python" -c "import sys, zipfile; wheel = zipfile.ZipFile(sys.argv[1]); print(wheel.read(next(
        name for name in wheel.namelist() if name.endswith('/METADATA'))).decode())" dist/*.whl | grep "](docs/"; then
    echo "the description links to files that are not there" >&2
    exit 1
fi
"${pip[@]}" install --quiet --no-index --no-deps dist/*.whl
"${pip[@]}" check

cd /
"$bin/python" -W error -c "import minicloud; print('imported from the wheel:', minicloud.Cloud().client('sqs'))"
"$bin/minicloud" --version
"$bin/minicloud" demo | tail -n 1
"$bin/minicloud" demo 1 | true # whoever does not read on gets no traceback (this fails with one, for the pipe's status)
