# mypy --strict finds nothing, as this Python would see the code.
. "$ci/lib.sh"

tools "$newest"
# What it finds out nobody asks for again: it need not write it down.
"$bin/mypy" --strict --python-version "$version" --cache-dir=/dev/null
