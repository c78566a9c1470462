from django.urls import path

from mijoz.segments.clusters import views

app_name = "clusters"
urlpatterns = [
    path("segments/clusters/", views.page, name="page"),
    path("segments/clusters/<int:run>/", views.page, name="run"),
    path("segments/clusters/<int:run>/progress/", views.progress, name="progress"),
    path("segments/clusters/<int:run>/<int:number>/segment/", views.draft, name="draft"),
]
