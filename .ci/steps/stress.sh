# Tests of hypothesis and long runs of threads at their full depth; the other steps go a quarter of the way.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto
"$bin/python" -m pytest -p no:randomly -m "hypothesis or stress" --hypothesis-profile=deep
