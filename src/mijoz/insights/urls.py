from django.urls import path

from mijoz.insights import views
from mijoz.insights.results import views as results

app_name = "insights"
urlpatterns = [
    path("kpi/", views.board, name="board"),
    path("kpi/refresh", views.refresh, name="refresh"),
    path("kpi/progress/<int:computation>", views.progress, name="progress"),
    path("kpi/export.csv", views.export, name="export"),
    path("kpi/<slug:name>/", views.kpi, name="kpi"),
    path("results/", results.page, name="results"),
    path("results/aims/", results.aims, name="results_aims"),
    path("results/readers/", results.readers, name="results_readers"),
    path("results/<str:month>/", results.page, name="results_month"),
    path("results/<str:month>/make/", results.make, name="results_make"),
    path("results/<str:month>/progress/", results.progress, name="results_progress"),
    path("results/<str:month>/send/", results.send, name="results_send"),
    path("results/<str:month>/report.pdf", results.download, name="results_pdf"),
]
