# Wheel and source distribution are the same bit for bit wherever they are built, hold what is committed, and the tests pass from the latter.
. "$ci/lib.sh"

here=$PWD
# Without minicloud: what the tests import is what was unpacked.
environment build "$oldest" build hatchling hypothesis pytest pytest-xdist
cd "$here"

# Twice: in another folder, years later, with another umask, time zone, language and order of files.
clone one
clone elsewhere/another-one
(cd one && "$bin/python" -m build --quiet --no-isolation --outdir ../first)
find elsewhere -exec touch --no-dereference --date="2031-02-03 04:05" {} +
(
    umask 077
    chmod -R go= elsewhere
    cd elsewhere/another-one
    TZ=Asia/Kathmandu LC_ALL=C PYTHONHASHSEED=7 "$bin/python" -m build --quiet --no-isolation --outdir "$here/second"
)
(cd first && sha256sum ./*) | tee first.txt
(cd second && sha256sum ./*) | diff first.txt -
"$bin/python" "$ci/distributions.py" "$source" first/*.whl first/*.tar.gz

say "tests, from the source distribution"
mkdir unpacked
tar --extract --gzip --file first/*.tar.gz --strip-components 1 --directory unpacked
cd unpacked
# Whoever packages minicloud for others runs them: here those of a service, of the documentation and of the package. All
# others are imported.
"$bin/python" -m pytest -q -p no:cacheprovider --collect-only tests >"$TMPDIR/collected"
tail -n 1 "$TMPDIR/collected"
"$bin/python" -m pytest -q -n 2 -p no:cacheprovider tests/sqs tests/docs tests/test_*.py
