# What steps share. A step is a file in .ci/steps, which .ci/run starts (bash -euo pipefail) in an empty folder of its
# own that goes when the step has ended. It is told
#
#   $version             the Python that it is for: `python` means that one. A step that runs once gets the newest.
#   $oldest, $newest     of all Pythons of this run
#   $source              a clone of what is checked, which nobody changes
#   $work                the folder of the whole run, in which environments are
#
# and what it prints is shown when it has ended.

# Many commands fail without a word, `grep` for one.
set -E
trap 'echo "failed: ${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND" >&2' ERR

say() {
    echo
    echo "--- $*"
}

clone() { # FOLDER: what is checked, as somebody gets it who has nothing else
    git clone --quiet --no-hardlinks "$source" "$1"
}

# An environment with minicloud from a clone, and what else `pip install` is told here, in that clone, in the releases of
# .ci/constraints/all.txt, and of .ci/constraints/NAME.txt or most.txt (a step that wants the newest unsets
# PIP_CONSTRAINT and PIP_BUILD_CONSTRAINT). Made by the first step that asks for it and used by all of this run. Sets
# `bin`, and goes to the clone, which all environments of a Python share: pytest takes seven seconds to rewrite and
# compile the tests, once for each clone. It is uv that installs: a step that shows what pip does says
# `installs_with=pip`.
environment() { # NAME VERSION ARGUMENT...
    local name=$1 release=$2 place=$work/environments/$1 tree=$work/clones/$2 python=$work/path/$2/python
    shift 2
    bin=$place/bin
    installer
    # Only one step makes them; if that fails, the run ends.
    lock "$tree"
    if [ ! -e "$tree" ]; then
        clone "$tree"
    fi
    unlock "$tree"
    lock "$place"
    if [ ! -e "$place/complete" ]; then
        "$python" -m venv --without-pip "$place"
        printf '#!/bin/sh\nexec "%s" --python "%s" "$@"\n' "$work/environments/pip/bin/pip" "$bin/python" >"$bin/pip"
        chmod +x "$bin/pip"
        (
            cd "$tree"
            if [ -e "$ci/constraints/$name.txt" ]; then
                export PIP_CONSTRAINT="$ci/constraints/all.txt $ci/constraints/$name.txt"
            fi
            add "$@"
        )
        share_compiled "$place" "$release"
        installed 2>/dev/null |
            grep -E "^(aioboto3|aiobotocore|boto3|botocore|freezegun|hypothesis|mypy|playwright|pyright|pytest|ruff|time-machine|zensical) "
        touch "$place/complete"
    fi
    unlock "$place"
    cd "$tree"
}

add() { # ARGUMENT...: installs more into the environment of `bin`
    local uv=$work/environments/pip/bin/uv
    if [ "${installs_with-uv}" != uv ] || [ ! -x "$uv" ]; then
        "$bin/pip" install --quiet "$@"
    elif [ -n "${PIP_CONSTRAINT-}" ]; then
        UV_CONSTRAINT=$PIP_CONSTRAINT UV_BUILD_CONSTRAINT=${PIP_BUILD_CONSTRAINT-$PIP_CONSTRAINT} \
            "$uv" pip install --quiet --python "$bin/python" "$@"
    else
        "$uv" pip install --quiet --python "$bin/python" "$@"
    fi
}

share_compiled() { # PLACE VERSION: gives a new environment what others of this Python have compiled
    local other others=()
    for other in "$work"/environments/*/complete; do
        if [ -e "${other%/complete}/lib/python$2" ]; then
            others+=("${other%/complete}")
        fi
    done
    "$work/path/$newest/python" -S "$ci/share_compiled.py" "$1" "${others[@]}"
}

installed() { # prints what is in the environment of `bin`: pip takes half a second of CPU for that, uv next to nothing
    local uv=$work/environments/pip/bin/uv
    if [ -x "$uv" ]; then
        "$uv" pip list --python "$bin/python"
    else
        "$bin/pip" list
    fi
}

lock() { # FOLDER: waits until no other step makes it
    mkdir -p "$(dirname "$1")"
    until mkdir "$1.lock" 2>/dev/null; do
        sleep 0.2
    done
}

unlock() { # FOLDER
    rmdir "$1.lock"
}

# A package of Debian's, installed where it is missing and this may be done; one step at a time.
debian() { # PACKAGE WHAT TEST...: TEST is a command that tells whether it is there
    local package=$1 what=$2
    shift 2
    if "$@"; then
        return
    fi
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "this step needs $what on the path: install it (Debian has it as $package)" >&2
        exit 1
    fi
    (
        flock 9
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends "$package" >/dev/null
    ) 9>"$work/apt.lock"
}

# The one pip of all environments: to install another one into each takes as long as half of what they need. And uv, which
# needs a second for what takes pip seventeen; where the index has none, pip does it.
installer() {
    local place=$work/environments/pip
    lock "$place"
    if [ ! -e "$place/complete" ]; then
        "$work/path/$newest/python" -m venv "$place"
        "$place/bin/pip" install --quiet uv || echo "no uv here: pip makes all environments, and takes its time"
        touch "$place/complete"
    fi
    unlock "$place"
}

tools() { # VERSION: the environment of most steps: tools, peers, everything that tests can use
    environment "tools-$1" "$1" --editable ".[dev]"
}

# A test that skips has failed, but for want of these, which are in other environments. Nor are tests of the contract dealt
# out to the ways, unless a step says so (MINICLOUD_DEAL_OUT=1): each goes through each.
nothing_skips() { # [PACKAGE...]
    export MINICLOUD_REQUIRE_BOTO=1 MINICLOUD_MAY_LACK="$*"
    export MINICLOUD_PROCESSES=1 # the other core has another step
}
