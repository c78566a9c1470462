from django.urls import path

from mijoz.portal.views import centre, unsubscribing

app_name = "portal"
urlpatterns = [
    path("u/<str:token>/", unsubscribing.consent, name="consent"),
    path("p/confirm/<str:token>/", centre.confirm, name="confirm"),
    path("p/<str:token>/", centre.home, name="home"),
    path("p/<str:token>/known/", centre.known, name="known"),
    path("p/<str:token>/why/", centre.why, name="why"),
    path("p/<str:token>/copy", centre.copy, name="copy"),
]
