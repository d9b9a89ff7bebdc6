# The demo runs from a bare clone, with the standard library alone.
. "$ci/lib.sh"

clone demo
cd demo
python -S -W error -m minicloud demo --html demo.html
