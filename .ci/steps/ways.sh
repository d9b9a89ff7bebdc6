# All tests by two workers; those of the contract through botocore's full pipeline, and through aiobotocore.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto
MINICLOUD_WAYS="full-pipeline aiobotocore" "$bin/python" -m pytest -p no:randomly -n 2
