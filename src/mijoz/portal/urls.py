from django.urls import path

from mijoz.portal import views

app_name = "portal"
urlpatterns = [path("u/<str:token>/", views.consent, name="consent")]
