# The README's test command does what it says, for somebody who has just cloned the repository.
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
bash -euo pipefail -c "$test_command"
