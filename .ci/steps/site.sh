# The site of the pages in docs/ can be built: every page is in its navigation, and no link leads nowhere.
. "$ci/lib.sh"

requirement=$(grep -oE '"zensical==[0-9.]+"' "$source/pyproject.toml" | tr -d '"')
environment site "$newest" "$requirement"
"$bin/python" docs/_tools/build_site.py "$TMPDIR/site"
# Pages of each kind are there, the examples with their code, and what the search reads.
for page in index {tutorial,how-to,reference,explanation,examples}/index reference/{api,operations/sqs}/index \
    examples/uploads/index changelog/index; do
    test -s "$TMPDIR/site/$page.html"
done
grep -q invoices.py "$TMPDIR/site/examples/uploads/index.html"
test -s "$TMPDIR/site/search.json"
