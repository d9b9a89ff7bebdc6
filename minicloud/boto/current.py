"""``current_cloud``: the cloud that answers here."""

from __future__ import annotations

from ..cloud import Cloud
from ..engine import new_clouds
from ..exceptions import UsageError
from .activation import state

__all__ = ["current_cloud"]


def current_cloud() -> Cloud:
    """The cloud that answers here: of the mock that is active, in whatever form, else of the test's fixture ``cloud``.

    For a test under ``@mock_aws``, whose cloud has no other name, and for helpers that are not handed one. Raises
    ``UsageError`` where there is none; ``default_cloud()`` is another one, which no mock answers with.
    """
    cloud = state.cloud
    if cloud is None:
        _, cloud = new_clouds.cloud_of_test(None)
    if cloud is None:
        raise UsageError(
            "there is no current cloud: no mock_aws() is active here, and no test that has the fixture cloud runs; "
            "minicloud.client() and its like use minicloud.default_cloud()"
        )
    found: Cloud = cloud
    return found
