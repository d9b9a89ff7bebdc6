# Each folder of docs/examples works for who copies it: with a wheel of minicloud, and what its requirements say.
. "$ci/lib.sh"

here=$PWD
clone tree
installer
"$work/environments/pip/bin/pip" wheel --quiet --no-deps --wheel-dir ./dist ./tree
requirements=()
for file in tree/docs/examples/*/requirements.txt; do
    requirements+=(--requirement "$here/$file")
done
# The boto3 that fits the newest aiobotocore, as in the other steps: pip looks for long for one by itself.
boto=$(grep -oE '"(boto3|botocore)==[0-9.]+"' "$source/pyproject.toml" | tr -d '"')
environment examples "$version" "$here"/dist/*.whl $boto "${requirements[@]}"
cd "$here"
"$bin/pip" check
rm -rf dist

for folder in tree/docs/examples/*/; do
    name=$(basename "$folder")
    say "$name"
    cp -r "$folder" "./$name"
    (
        cd "$name"
        # As its README says it, with nothing of the repository in reach.
        "$bin/python" -m pytest -q -W error -W default::DeprecationWarning -W default::PendingDeprecationWarning \
            --junitxml="$TMPDIR/$name.xml"
        "$bin/python" - "$TMPDIR/$name.xml" <<'END'
import sys
import xml.etree.ElementTree as ElementTree

(suite,) = ElementTree.parse(sys.argv[1]).iter("testsuite")
if suite.get("skipped") != "0" or int(suite.get("tests")) < 3:
    sys.exit(f"an example has three tests at the least, and skips none: {suite.attrib}")
END
        if [ -e mypy.ini ]; then
            "$bin/python" -m mypy
        fi
    )
done
rm -rf tree
