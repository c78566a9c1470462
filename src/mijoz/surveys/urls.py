from django.urls import path

from mijoz.surveys.views import answering, pages

app_name = "surveys"
urlpatterns = [
    path("surveys/", pages.overview, name="list"),
    path("surveys/new/", pages.add, name="add"),
    path("surveys/follow-ups/", pages.follow_ups, name="follow_ups"),
    path("surveys/follow-ups/<int:pk>/", pages.follow_up, name="follow_up"),
    path("surveys/<str:key>/", pages.detail, name="detail"),
    path("surveys/<str:key>/state/", pages.move, name="move"),
    path("surveys/<str:key>/questions/", pages.questions, name="questions"),
    path("surveys/<str:key>/collect/", pages.collect, name="collect"),
    path("surveys/<str:key>/collect/<int:pk>/", pages.place, name="place_edit"),
    path("surveys/<str:key>/answers.csv", pages.export, name="export"),
    path("s/<str:token>/", answering.invited, name="answer"),
    path("s/all/<str:token>/", answering.anybody, name="anybody"),
    path("s/at/<str:token>/", answering.at_place, name="place"),
]
