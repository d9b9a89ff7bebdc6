# mypy --strict finds nothing, as this Python would see the code.
. "$ci/lib.sh"

tools "$newest"
"$bin/mypy" --strict --python-version "$version"
