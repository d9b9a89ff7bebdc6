# Nothing is in the repository but the project's own folders and files.
. "$ci/lib.sh"

extra=$(git -C "$source" ls-tree --name-only HEAD |
    { grep -vxE "minicloud|tests|benchmarks|docs|pyproject.toml|README.md|LICENSE|CHANGELOG.md|\.ci|\.gitignore" || true; })
if [ -n "$extra" ]; then
    echo "what belongs to none of the project's folders: $extra" >&2
    exit 1
fi
