from django.db import models


class Thing(models.Model):
    """About what a report is made of, in one table."""

    name = models.CharField(max_length=120)
    text = models.TextField()
    place = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"
