# All tests in random order, with boto3 and aiobotocore: among them the rules of the architecture, and the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693
