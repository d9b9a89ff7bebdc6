# Tests of the contract through botocore's full pipeline, and through aiobotocore.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# What takes a way in has its name among its parameters.
MINICLOUD_WAYS="full-pipeline aiobotocore" "$bin/python" -m pytest -p no:randomly -p no:xdist -k "full-pipeline or aiobotocore"
