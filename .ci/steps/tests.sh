# All tests in random order, with boto3 and aiobotocore: among them the rules of the architecture, and the docs' examples.
. "$ci/lib.sh"

tools "$version"
nothing_skips aioboto3 httpx moto celery
# A run with one Python alone leaves nothing out.
what=""
if [ "$oldest" = "$newest" ]; then
    :
elif [ "$version" = "$newest" ]; then
    # What goes by depth goes all the way in the step stress, in random order too, with the same packages and in the same
    # region: here it would go some of that way again.
    what="not hypothesis and not exhaustive and not stress"
    # Whoever works in another region than most examples name has them pass, too: all is in Ireland.
    export AWS_DEFAULT_REGION=eu-west-1
elif [ "$version" = "$oldest" ]; then
    # All else the step readme goes through on this Python: what asks for no package, and takes no way in that needs one.
    # What goes by depth is gone some of the way there, and with real clients in the steps alone and aioboto3.
    what="(way or needs) and not hypothesis and not exhaustive and not stress"
    export MINICLOUD_WAYS=boto3
else
    what="not stress"
fi
# One shuffle, always the same: what fails in it fails again.
"$bin/python" -m pytest -p no:xdist --randomly-seed=1745142693 ${what:+-m "$what"}
