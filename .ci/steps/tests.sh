# All tests in random order, with boto3 and aiobotocore: among them the rules of the architecture, and the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# What goes by depth goes all the way in the step stress, in random order too, with the same packages and in the same
# region: here it would go some of that way again. Only on the newest Python does it do so for all of it.
# A run with one Python alone leaves nothing out.
marked=(-m "not stress")
# Whoever works in another region than most examples name has them pass, too: with the newest Python, all is in Ireland.
if [ "$version" = "$newest" ]; then
    export AWS_DEFAULT_REGION=eu-west-1
    marked=(-m "not hypothesis and not exhaustive and not stress")
fi
if [ "$oldest" = "$newest" ]; then
    marked=()
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 "${marked[@]}"
