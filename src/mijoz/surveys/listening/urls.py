from django.urls import path

from mijoz.surveys.listening import views

app_name = "listening"
urlpatterns = [
    path("listening/", views.overview, name="overview"),
    path("listening/interviews/", views.interviews, name="interviews"),
    path("listening/interviews/new/", views.add_interview, name="add_interview"),
    path("listening/interviews/<int:pk>/", views.interview, name="interview"),
    path("listening/interviews/<int:pk>/change/", views.change_interview, name="change_interview"),
    path("listening/interviews/<int:pk>/remove/", views.remove_interview, name="remove_interview"),
    path("listening/themes/", views.themes, name="themes"),
    path("listening/themes/ready/", views.take_themes, name="take_themes"),
    path("listening/themes/new/", views.write_theme, name="add_theme"),
    path("listening/themes/<slug:key>/", views.theme, name="theme"),
    path("listening/themes/<slug:key>/change/", views.write_theme, name="change_theme"),
    path("listening/code/<slug:mode>/begin/", views.begin, name="begin"),
    path("listening/code/<slug:mode>/", views.code, name="code"),
    path("listening/agreement/", views.agreement, name="agreement"),
    path("listening/agreement/<uuid:passage>/", views.settle, name="settle"),
]
