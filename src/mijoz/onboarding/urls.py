from django.urls import path

from mijoz.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/import", views.begin, {"door": "import"}, name="begin_import"),
    path("start/empty", views.begin, {"door": "empty"}, name="begin_empty"),
    path("start/demo", views.demo, name="demo"),
    path("start/demo/progress", views.demo_progress, name="demo_progress"),
]
