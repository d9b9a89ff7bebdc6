# The README's test command does what it says, for somebody who has just cloned the repository and has the oldest Python.
. "$ci/lib.sh"

clone stranger
test_command=$(python - stranger/README.md <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
blocks = re.findall(r"<!-- test-command -->\n```[a-z]*\n(.*?)\n```", text, re.DOTALL)
if len(blocks) != 1 or len(blocks[0].splitlines()) != 1:
    sys.exit("README.md needs one block under <!-- test-command -->, of one line")
print(blocks[0].strip())
END
)
say "$test_command"
cd stranger
PATH=$work/path/$oldest:$PATH bash -euo pipefail -c "$test_command" | tee "$TMPDIR/printed"
# What is left out here for want of a package other steps go through on this Python: tests what is marked, and alone what
# pages show. Nothing else may be left out.
grep "^SKIPPED" "$TMPDIR/printed" >"$TMPDIR/skipped" # there are some: else pytest tells of them otherwise by now
if grep -vE " tests/(support/needs|docs/test_reports)\.py:[0-9]+: (needs .+|.+ is not installed)$" "$TMPDIR/skipped"; then
    echo "these skip for another reason than a package that is missing" >&2
    exit 1
fi
