# All tests in random order, with boto3 and aiobotocore: among them the rules of the architecture, and the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# Whoever works in another region than most examples name has them pass, too: with the newest Python, all is in Ireland.
if [ "$version" = "$newest" ]; then
    export AWS_DEFAULT_REGION=eu-west-1
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693
