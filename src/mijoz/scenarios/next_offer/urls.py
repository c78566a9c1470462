from django.urls import path

from mijoz.scenarios.next_offer import views

app_name = "next_offer"
urlpatterns = [
    path("next-offer/", views.page, name="page"),
    path("next-offer/learn/", views.learn, name="learn"),
    path("next-offer/progress/", views.progress, name="progress"),
    path("next-offer/service/", views.service, name="service"),
    path("next-offer/customers/<int:customer>/", views.answer, name="answer"),
]
