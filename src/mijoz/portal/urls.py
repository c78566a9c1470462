from django.urls import path

from mijoz.portal.views import centre, rewards, unsubscribing

app_name = "portal"
urlpatterns = [
    path("u/<str:token>/", unsubscribing.consent, name="consent"),
    path("p/confirm/<str:token>/", centre.confirm, name="confirm"),
    path("p/<str:token>/", centre.home, name="home"),
    path("r/<str:code>/", rewards.invited, name="invitation"),
    path("p/<str:token>/rewards/", rewards.mine, name="rewards"),
    path("p/<str:token>/known/", centre.known, name="known"),
    path("p/<str:token>/why/", centre.why, name="why"),
    path("p/<str:token>/copy", centre.copy, name="copy"),
]
