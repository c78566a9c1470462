from django.urls import path

from mijoz.scenarios.choosing import views

app_name = "choosing"
urlpatterns = [
    path("best-hours/", views.page, name="page"),
    path("best-hours/learn/", views.learn, name="learn"),
    path("best-hours/progress/", views.progress, name="progress"),
]
