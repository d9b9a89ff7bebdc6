# The tests that have to do with boto3 or aiobotocore, where only one of them is installed: what needs the other is left out, and says so.
# Boto3 comes with the release of botocore whose models minicloud's are, which aiobotocore may not take yet.
. "$ci/lib.sh"

release() { # FILE PATTERN: the release that stands in the line
    grep -E "$2" "$source/$1" | grep -oE "[0-9]+\.[0-9]+\.[0-9]+"
}
declare -A botocore=(
    [boto3]=$(release minicloud/services/registry.py "^KNOWN_RELEASE")
    [aiobotocore]=$(release pyproject.toml '"botocore==')
)
export MINICLOUD_PROCESSES=1 # the other core has another step
for package in boto3 aiobotocore; do
    say "with $package alone, Python $oldest"
    environment "$package-alone" "$oldest" --editable . pytest hypothesis "$package" \
        "botocore==${botocore[$package]}"
    if "$bin/python" -c 'import boto3, aiobotocore' 2>/dev/null; then
        echo "this was to show what happens with one of them" >&2
        exit 1
    fi
    # It is among the ways in by itself; the others are gone in other steps.
    "$bin/python" -m pytest -q --collect-only tests/sqs/test_messages.py >"$TMPDIR/collected"
    grep -q "\[native" "$TMPDIR/collected"
    grep -q "\[$package" "$TMPDIR/collected"
    # Whole: what tells of the packages, and what is made of them.
    where=(tests/boto tests/clients tests/faults tests/inspection tests/pytest_plugin)
    if [ "$package" = boto3 ]; then
        where+=(tests/docs tests/flows tests/peers tests/server)
    fi
    MINICLOUD_WAYS=$package "$bin/python" -m pytest -q "${where[@]}"
    # Of the rest what goes through the package, or asks for one that may be there: all else is the same as with nothing
    # installed, which the step readme shows.
    MINICLOUD_WAYS=$package "$bin/python" -m pytest -q -m "way or needs" tests "${where[@]/#/--ignore=}"
done
