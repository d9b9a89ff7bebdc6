"""What a worker does: `celery --app shop.tasks worker`."""

import os

from celery import Celery
from django.core.mail import send_mail

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
app = Celery("shop")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(autoretry_for=(OSError,), default_retry_delay=0, max_retries=3)
def mail(order_id: int) -> None:
    """Tells the customer, once. A mail server that is away is tried again."""
    from shop.models import Order

    order = Order.objects.get(pk=order_id)
    if not order.mailed:
        send_mail("Your order", f"1 {order.item}", "shop@example.com", [order.email])
        Order.objects.filter(pk=order_id).update(mailed=True)
