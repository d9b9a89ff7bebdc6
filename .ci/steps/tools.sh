# The tools and peers of most steps install together, beside minicloud.
. "$ci/lib.sh"

tools "$version"
"$bin/pip" check
