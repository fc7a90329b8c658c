from django.http import JsonResponse
from django.urls import path
from rest_framework.generics import CreateAPIView
from rest_framework.serializers import ModelSerializer

from bench.bare.models import Thing

TEN_KB = {
    "rows": [{"number": f"2026-{n:05d}", "title": "路灯不亮" * 4, "status": "dispatched"} for n in range(85)]
}


class ThingSerializer(ModelSerializer):
    class Meta:
        model = Thing
        fields = ["id", "name", "text", "place", "at"]


class Create(CreateAPIView):
    serializer_class = ThingSerializer


def view(request):
    return JsonResponse(TEN_KB)


urlpatterns = [path("view", view), path("things", Create.as_view())]
