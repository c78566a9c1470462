from django.urls import path

from mijoz.segments import views

app_name = "segments"
urlpatterns = [
    path("segments/", views.overview_page, name="list"),
    path("segments/add/", views.add, name="add"),
    path("segments/draft/", views.draft, name="draft"),
    path("segments/refresh/", views.refresh, name="refresh"),
    path("segments/refresh/<int:run>/", views.refresh_progress, name="refresh_progress"),
    path("segments/rfm/", views.rfm, name="rfm"),
    path("segments/rfm/settings/", views.rfm_settings, name="rfm_settings"),
    path("segments/flows/", views.flows, name="flows"),
    path("segments/<slug:key>/", views.detail_page, name="detail"),
    path("segments/<slug:key>/rule/", views.edit_rule, name="rule"),
    path("segments/<slug:key>/texts/", views.edit_texts, name="texts"),
    path("segments/<slug:key>/set-aside/", views.set_aside, name="set_aside"),
]
