# Tests of hypothesis and long runs of threads at their full depth, in random order, and calls that are interrupted at each of their places.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# Where an exception may come into a call is the interpreter's affair. The newest shows all that there is: it tells the
# instructions at which it looks, and what the oldest has of them (functions entered, calls that have returned) is among
# them. So the oldest strikes at every other one of its places: a fourth of its time in this step. The Pythons between
# them go through some of the places, in the step tests.
if [ "$version" != "$newest" ]; then
    export MINICLOUD_STRIDE=2
fi
skipped=()
if [ "$version" != "$oldest" ] && [ "$version" != "$newest" ]; then
    skipped=(--ignore-glob='*/test_*interruptions.py' --ignore-glob='*/test_exhaustion.py')
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 -m "hypothesis or stress" --hypothesis-profile=deep \
    "${skipped[@]}"
