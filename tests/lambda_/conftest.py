"""What the tests of Lambda share: a client, functions, refusals."""

from __future__ import annotations

import pytest

from tests.support.clients import in_virginia

from .archives import ROLE, archive

__all__ = ["in_virginia"]


@pytest.fixture
def lambda_(make_client):
    """A client of every way in, in turn."""
    return make_client("lambda")


@pytest.fixture
def refused(lambda_):
    """Calls a client's method that has to be refused, and checks code, message and members; the whole answer."""

    def check(method, code, message, **params):
        with pytest.raises(lambda_.exceptions.ClientError) as caught:
            method(**params)
        response = caught.value.response
        assert (response["Error"]["Code"], response["Error"]["Message"]) == (code, message)
        not_of_the_model = {"ValidationException": 400, "AccessDeniedException": 403}
        if code in not_of_the_model:
            assert "Type" not in response
            assert response["ResponseMetadata"]["HTTPStatusCode"] == not_of_the_model[code]
        else:
            assert type(caught.value).__name__ == code
            assert response["Type"] == "User"
            assert message in (response.get("Message"), response.get("message"))
        return response

    return check


@pytest.fixture
def make_function(lambda_):
    """Makes a function of an archive; the answer."""

    def make(name="bill", source="def handler(event, context):\n    return event\n", **params):
        given = {"Runtime": "python3.12", "Handler": "app.handler", "Code": {"ZipFile": archive(source)}, **params}
        return lambda_.create_function(FunctionName=name, Role=ROLE, **given)

    return make


@pytest.fixture
def function(make_function):
    """A function; its ARN."""
    return make_function()["FunctionArn"]
