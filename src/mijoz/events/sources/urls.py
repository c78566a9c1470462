from django.urls import path

from mijoz.events.sources.views import hook, pages

app_name = "sources"
urlpatterns = [
    path("sources/", pages.source_list, name="list"),
    path("sources/export.csv", pages.export, name="export"),
    path("sources/add", pages.add, name="add"),
    path("sources/<int:pk>/", pages.source_page, name="source"),
    path("sources/<int:pk>/keys", pages.add_key, name="add_key"),
    path("sources/<int:pk>/keys/<int:key_id>/revoke", pages.revoke_key, name="revoke_key"),
    path("sources/<int:pk>/origins", pages.set_origins, name="set_origins"),
    path("sources/<int:pk>/close", pages.close, name="close"),
    path("sources/<int:pk>/open", pages.reopen, name="reopen"),
    path("hooks/<slug:name>", hook.call, name="hook"),
    path("hooks/<slug:name>/<str:token>", hook.call, name="hook_with_secret"),
]
