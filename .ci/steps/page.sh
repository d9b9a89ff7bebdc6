# The page of what happened works in a real browser: wide, narrow, by the keyboard alone, and as it is read aloud.
. "$ci/lib.sh"

debian chromium "a Chromium" bash -c "command -v chromium || command -v google-chrome" >/dev/null
environment page "$newest" --editable . playwright
"$bin/python" tests/page_in_browser/check.py
