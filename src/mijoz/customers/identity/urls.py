from django.urls import URLPattern, path

from mijoz.customers.identity import views

urlpatterns: list[URLPattern] = [
    path("customers/merges/", views.merges, name="merges"),
    path("customers/merges/export.csv", views.export, name="export_merges"),
    path("customers/merges/<uuid:merge_id>/undo", views.undo, name="undo_merge"),
    path("customers/<int:customer_id>/merge", views.find_other, name="find_other"),
    path("customers/<int:customer_id>/merge/<int:other_id>", views.compare, name="compare"),
    path("customers/<int:customer_id>/identities/<int:identity_id>", views.identifier, name="identifier"),
]
