# The tests that have to do with boto3 or aiobotocore, where only one of them is installed: what needs the other is left out, and says so.
# Boto3 comes with the release of botocore whose models minicloud's are, which aiobotocore may not take yet.
. "$ci/lib.sh"

release() { # FILE PATTERN: the release that stands in the line
    grep -E "$2" "$source/$1" | grep -oE "[0-9]+\.[0-9]+\.[0-9]+"
}
export MINICLOUD_PROCESSES=1 # the other core has another step

alone() { # PACKAGE VERSION RELEASE: sets `bin`, where this package is without the other
    local package=$1
    say "with $package alone, Python $2"
    environment "$package-alone" "$2" --editable . pytest hypothesis "$package" "botocore==$3"
    if "$bin/python" -c 'import boto3, aiobotocore' 2>/dev/null; then
        echo "this was to show what happens with one of them" >&2
        exit 1
    fi
    # It is among the ways in by itself; the others are gone in other steps.
    "$bin/python" -m pytest -q --collect-only tests/sqs/test_messages.py >"$TMPDIR/collected"
    grep -q "\[native" "$TMPDIR/collected"
    grep -q "\[$package" "$TMPDIR/collected"
    export MINICLOUD_WAYS=$package
}

# Whole: what tells of the packages, and what is made of them; of other folders the files that speak of a package.
speaking() { # FOLDER...
    grep -rlE "boto|needs\(|is_installed|\.missing\b" "$@" --include="test_*.py"
}
cd "$source"
mapfile -t where < <(speaking tests/faults tests/inspection tests/pytest_plugin)
where+=(tests/boto tests/clients)

(
    alone aiobotocore "$newest" "$(release pyproject.toml '"botocore==')"
    # (What goes by depth goes all the way in the step stress, with the same Python and release of botocore.)
    "$bin/python" -m pytest -q "${where[@]}" -m "not hypothesis and not exhaustive and not stress"
    # Of the rest what goes through the package, or asks for one that may be there: all else is the same as with nothing
    # installed, which the step readme shows. It is here that all goes through aiobotocore.
    "$bin/python" -m pytest -q -m "way or needs" tests "${where[@]/#/--ignore=}"
)

alone boto3 "$oldest" "$(release minicloud/services/registry.py "^KNOWN_RELEASE")"
mapfile -t -O ${#where[@]} where < <(speaking tests/docs tests/server)
where+=(tests/flows tests/peers)
"$bin/python" -m pytest -q "${where[@]}" -m "not stress" # which no release of botocore decides
# The tests of the contract go through boto3 alone in the steps botocore-newest and botocore-oldest.
mapfile -t asking < <(grep -rlE "mark\.needs\(" tests --include="test_*.py" | grep -vE "^($(IFS="|"; echo "${where[*]}"))(/|$)")
"$bin/python" -m pytest -q -m needs "${asking[@]}"
