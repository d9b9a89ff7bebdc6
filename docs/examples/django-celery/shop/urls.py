"""What is served."""

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from shop.models import Order
from shop.tasks import mail


@require_POST
def place(request: HttpRequest) -> JsonResponse:
    """The task is sent after the commit: a worker is quicker than a database."""
    with transaction.atomic():
        order = Order.objects.create(email=request.POST["email"], item=request.POST["item"])
        transaction.on_commit(lambda: mail.delay(order.pk))
        if not order.item:
            raise ValueError("nothing was ordered")
    return JsonResponse({"order": order.pk}, status=201)


urlpatterns = [path("orders", place)]
