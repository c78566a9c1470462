from django.urls import path

from mijoz.scenarios.views import editor, endpoints, pages, ready, tasks, why

app_name = "scenarios"
urlpatterns = [
    path("settings/systems/", endpoints.listing, name="endpoints"),
    path("settings/systems/add", endpoints.add, name="add_endpoint"),
    path("settings/systems/<slug:key>/switch", endpoints.switch, name="switch_endpoint"),
    path("scenarios/", pages.overview_page, name="list"),
    path("scenarios/pilots/", pages.install_pilots, name="install_pilots"),
    path("scenarios/add/", editor.add, name="add"),
    path("scenarios/draft/", editor.draft, name="draft"),
    path("scenarios/reading/", editor.reading, name="reading"),
    path("scenarios/preview/", editor.preview, name="preview"),
    path("scenarios/readers/", editor.readers, name="readers"),
    path("scenarios/ready/", ready.gallery, name="gallery"),
    path("scenarios/ready/<slug:key>/", ready.read, name="ready"),
    path("scenarios/ready/<slug:key>/take/", ready.take_one, name="take"),
    path("scenarios/try/", editor.send_trial, name="send_trial"),
    path("scenarios/<slug:key>/", pages.detail, name="detail"),
    path("scenarios/<slug:key>/customers/", pages.customers, name="customers"),
    path("scenarios/<slug:key>/customers.csv", pages.export, name="export"),
    path("scenarios/<slug:key>/dry-run/", pages.dry_run, name="dry_run"),
    path("scenarios/<slug:key>/versions/<int:number>/", pages.version, name="version"),
    path("scenarios/<slug:key>/start/", pages.start, name="start"),
    path("scenarios/<slug:key>/widen/", pages.widen, name="widen"),
    path("scenarios/<slug:key>/test/", pages.try_on, name="try_on"),
    path("scenarios/<slug:key>/pause/", pages.pause, name="pause"),
    path("scenarios/<slug:key>/resume/", pages.resume, name="resume"),
    path("scenarios/<slug:key>/stop/", pages.stop, name="stop"),
    path("scenarios/<slug:key>/edit/", editor.edit, name="edit"),
    path("scenarios/why/<int:enrolment>/", why.page, name="why"),
    path("tasks/", tasks.listing, name="tasks"),
    path("tasks.csv", tasks.export, name="tasks_export"),
    path("tasks/<int:task>/done/", tasks.done, name="task_done"),
]
