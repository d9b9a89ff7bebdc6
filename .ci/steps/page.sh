# The page of what happened, and the live one, work in a real browser: wide, narrow, by the keyboard, as read aloud.
. "$ci/lib.sh"

debian chromium "a Chromium" bash -c "command -v chromium || command -v google-chrome" >/dev/null
environment page "$newest" --editable . playwright
"$bin/python" tests/page_in_browser/check.py
"$bin/python" tests/page_in_browser/check_live.py
