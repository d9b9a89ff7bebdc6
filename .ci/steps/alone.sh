# The suite by two workers, where only one of boto3 and aiobotocore is installed: what needs the other is left out, and says so.
# Boto3 comes with the release of botocore whose models minicloud's are, which aiobotocore may not take yet.
. "$ci/lib.sh"

release() { # FILE PATTERN: the release that stands in the line
    grep -E "$2" "$source/$1" | grep -oE "[0-9]+\.[0-9]+\.[0-9]+"
}
declare -A botocore=(
    [boto3]=$(release minicloud/services/registry.py "^KNOWN_RELEASE")
    [aiobotocore]=$(release pyproject.toml '"botocore==')
)
for package in boto3 aiobotocore; do
    say "with $package alone, Python $oldest"
    environment "$package-alone" "$oldest" --editable . pytest pytest-xdist hypothesis "$package" \
        "botocore==${botocore[$package]}"
    if "$bin/python" -c 'import boto3, aiobotocore' 2>/dev/null; then
        echo "this was to show what happens with one of them" >&2
        exit 1
    fi
    # It is among the ways in by itself; the others are gone in other steps.
    "$bin/python" -m pytest -q --collect-only tests/sqs/test_messages.py >"$TMPDIR/collected"
    grep -q "\[native" "$TMPDIR/collected"
    grep -q "\[$package" "$TMPDIR/collected"
    if [ "$package" = aiobotocore ]; then
        where=(tests/boto tests/clients tests/faults tests/iam tests/inspection tests/logs tests/pytest_plugin tests/kinesis
            tests/lambda_ tests/sns tests/sqs)
    else
        where=(tests --ignore=tests/ci --ignore=tests/core --ignore=tests/property)
    fi
    # What neither goes through it nor asks for it is the same as with nothing installed, which the step readme shows.
    MINICLOUD_WAYS=$package "$bin/python" -m pytest -q -n 2 "${where[@]}" --ignore-glob='*/test_*interruptions.py' \
        --deselect=tests/engine/test_chance.py --deselect=tests/engine/test_threads.py
done
