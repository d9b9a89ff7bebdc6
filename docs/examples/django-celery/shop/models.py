"""What is stored."""

from django.db import models


class Order(models.Model):
    """What was ordered, and whether the customer knows."""

    email = models.EmailField()
    item = models.CharField(max_length=100)
    mailed = models.BooleanField(default=False)
