from django.urls import path

from mijoz.events.ingest import views
from mijoz.events.ingest.calls import PATHS

app_name = "ingest"
urlpatterns = [
    path("v1/openapi.json", views.describe, name="openapi"),
    *(
        path(address.lstrip("/"), views.take, {"call": call}, name=address.rpartition("/")[2])
        for address, call in PATHS.items()
    ),
]
