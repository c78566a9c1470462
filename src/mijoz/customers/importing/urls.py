from django.urls import path

from mijoz.customers.importing import views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new", views.new_import, name="new_import"),
    path("imports/example.csv", views.example, name="import_example"),
    path("imports/<uuid:run_id>/", views.one_import, name="import"),
    path("imports/<uuid:run_id>/format", views.read_again, name="import_format"),
    path("imports/<uuid:run_id>/holds", views.holds, name="import_holds"),
    path("imports/<uuid:run_id>/whole", views.whole_trial, name="import_trial"),
    path("imports/<uuid:run_id>/undo", views.undo_import, name="undo_import"),
    path("imports/<uuid:run_id>/preview", views.preview, name="import_preview"),
    path("imports/<uuid:run_id>/progress", views.progress, name="import_progress"),
    path("imports/<uuid:run_id>/cancel", views.cancel_import, name="cancel_import"),
    path("imports/<uuid:run_id>/retry", views.retry_import, name="retry_import"),
    path("imports/<uuid:run_id>/rejects.csv", views.rejects, name="import_rejects"),
]
