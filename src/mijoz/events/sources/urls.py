from django.urls import path

from mijoz.events.sources.views import hook, live, pages, quarantine, snippet, webhooks

app_name = "sources"
urlpatterns = [
    path("sources/", pages.source_list, name="list"),
    path("sources/export.csv", pages.export, name="export"),
    path("sources/add", pages.add, name="add"),
    path("sources/live/", live.page, name="live"),
    path("sources/live/stream", live.stream, name="live_stream"),
    path("sources/events/<int:pk>/", live.event, name="event"),
    path("sources/quarantine/", quarantine.message_list, name="quarantine"),
    path("sources/quarantine/export.csv", quarantine.export, name="quarantine_export"),
    path("sources/quarantine/replay", quarantine.replay, name="replay"),
    path("sources/quarantine/drop", quarantine.drop, name="drop"),
    path("sources/quarantine/take-back", quarantine.take_back, name="take_back"),
    path("sources/quarantine/mend", quarantine.mend, name="mend"),
    path("sources/quarantine/mend/all", quarantine.mend_all, name="mend_all"),
    path("sources/quarantine/<int:pk>/", quarantine.message, name="message"),
    path("sources/quarantine/<int:pk>/check", quarantine.check, name="check"),
    path("sources/quarantine/<int:pk>/repair", quarantine.repair, name="repair"),
    path("sources/<int:pk>/", pages.source_page, name="source"),
    path("sources/<int:pk>/keys", pages.add_key, name="add_key"),
    path("sources/<int:pk>/keys/<int:key_id>/revoke", pages.revoke_key, name="revoke_key"),
    path("sources/<int:pk>/origins", pages.set_origins, name="set_origins"),
    path("sources/<int:pk>/close", pages.close, name="close"),
    path("sources/<int:pk>/open", pages.reopen, name="reopen"),
    path("sources/<int:pk>/check", webhooks.set_check, name="set_check"),
    path("sources/<int:pk>/secret", webhooks.rotate, name="rotate"),
    path("sources/<int:pk>/mapping", webhooks.mapping_page, name="mapping"),
    path("sources/<int:pk>/mapping/sample", webhooks.set_sample, name="set_sample"),
    path("sources/<int:pk>/mapping/preview", webhooks.preview, name="mapping_preview"),
    path("sources/<int:pk>/mapping/save", webhooks.save_mapping, name="save_mapping"),
    path("mijoz.js", snippet.script, name="snippet"),
    path("hooks/<slug:name>", hook.call, name="hook"),
    path("hooks/<slug:name>/<str:token>", hook.call, name="hook_with_secret"),
]
