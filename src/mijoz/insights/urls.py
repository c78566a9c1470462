from django.urls import path

from mijoz.insights import views

app_name = "insights"
urlpatterns = [
    path("kpi/", views.board, name="board"),
    path("kpi/refresh", views.refresh, name="refresh"),
    path("kpi/progress/<int:computation>", views.progress, name="progress"),
    path("kpi/export.csv", views.export, name="export"),
    path("kpi/<slug:name>/", views.kpi, name="kpi"),
]
