from django.urls import path

from mijoz.ui import views

app_name = "ui"
urlpatterns = [
    path("style", views.style, name="style"),
    path("style/chart", views.style_chart, name="style_chart"),
    path("style/progress", views.style_progress, name="style_progress"),
]
