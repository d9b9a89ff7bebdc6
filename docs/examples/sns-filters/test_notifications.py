"""Who gets which order, and of those who did not, why. `policies_allow`: AWS would deliver it, too."""

import minicloud
import pytest
from notifications import FILTERS, announce, set_up

pytestmark = pytest.mark.minicloud(verdicts=("policies_allow",))
BOOK = {"id": 1, "kind": "book", "total": 20, "address": {"country": "DE"}}


@pytest.fixture
def cloud(mock_aws):
    """The cloud that answers the application, with its topic and queues."""
    set_up()
    return mock_aws


@pytest.mark.parametrize(
    ("change", "departments"),
    [
        ({}, {"warehouse"}),
        ({"kind": "voucher"}, set()),
        ({"total": 500}, {"warehouse", "fraud"}),
        ({"kind": "voucher", "total": 499.99}, set()),
        ({"address": {"country": "FR"}}, {"warehouse", "export"}),
        ({"kind": "voucher", "address": {}}, set()),  # no country is not another country
    ],
)
def test_who_hears_of_an_order(cloud, change, departments):
    order = BOOK | change
    announce(order)
    assert {name for name in FILTERS if cloud.queue(name).messages} == departments
    for name in departments:
        cloud.assert_sent(name, order, times=1)


def test_why_a_department_did_not_hear_of_it(cloud):
    announce(BOOK | {"kind": "Book"})
    (publication,) = cloud.topic("orders").published
    reasons = {view.endpoint.rpartition(":")[2]: view.reason for view in publication.filtered}
    assert set(reasons) == {"warehouse", "fraud", "export"}
    assert "upper and lower case differ" in reasons["warehouse"]


def test_a_policy_can_be_tried_without_a_cloud():
    policy = FILTERS["fraud"]["policy"]
    assert minicloud.explain_filter(policy, body={"total": 500})
    assert not minicloud.explain_filter(policy, body={"total": "500"})  # a text is no number
