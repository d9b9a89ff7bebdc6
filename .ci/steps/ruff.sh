# The code is formatted, and ruff finds nothing in it.
. "$ci/lib.sh"

tools "$version"
"$bin/ruff" check .
"$bin/ruff" format --check .
