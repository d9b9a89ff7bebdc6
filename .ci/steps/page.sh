# The page of what happened works in a real browser: wide, narrow, by the keyboard alone, and as it is read aloud.
. "$ci/lib.sh"

if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "this step needs a Chromium: install one, so that chromium or google-chrome is on the path" >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends chromium >/dev/null
fi
environment page "$newest" --editable . playwright
"$bin/python" tests/page_in_browser/check.py
