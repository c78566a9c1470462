from django.urls import path

from mijoz.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/import", views.begin, {"door": "import"}, name="begin_import"),
    path("start/empty", views.begin, {"door": "empty"}, name="begin_empty"),
    path("start/demo", views.demo, name="demo"),
    path("start/demo/progress", views.demo_progress, name="demo_progress"),
    path("start/demo/again", views.demo_again, name="demo_again"),
    path("start/demo/remove", views.remove_demo, name="remove_demo"),
    path("start/steps", views.first_steps, name="first_steps"),
    path("start/steps/close", views.close_first_steps, name="close_first_steps"),
]
