# All tests in random order, with boto3 and aiobotocore: among them the rules of the architecture, and the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# Whoever works in another region than most examples name has them pass, too: with the newest Python, all is in Ireland.
if [ "$version" = "$newest" ]; then
    export AWS_DEFAULT_REGION=eu-west-1
fi
# With the oldest, what goes by depth goes all the way in the step stress, in random order too, with the same packages
# and in the same region: here it would go some of that way again.
marked=()
if [ "$version" = "$oldest" ] && [ "$version" != "$newest" ]; then
    marked=(-m "not hypothesis and not stress")
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 "${marked[@]}"
