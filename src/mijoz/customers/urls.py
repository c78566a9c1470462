from django.urls import URLPattern, path

from mijoz.customers.audit.urls import urlpatterns as audit_pages
from mijoz.customers.identity.urls import urlpatterns as identity_pages
from mijoz.customers.importing.urls import urlpatterns as import_pages
from mijoz.customers.matching.urls import urlpatterns as matching_pages
from mijoz.customers.privacy.urls import urlpatterns as privacy_pages
from mijoz.customers.views import about, changes, following, lists, pages, tagging

app_name = "customers"
urlpatterns: list[URLPattern] = [
    *import_pages,
    *audit_pages,
    *identity_pages,
    *matching_pages,
    *privacy_pages,
    path("customers/", lists.customer_list, name="list"),
    path("customers/suggestions", lists.suggestions, name="suggestions"),
    path("customers/export.csv", lists.export, name="export"),
    path("customers/add", changes.add, name="add"),
    path("customers/<int:customer_id>/", pages.customer_page, name="detail"),
    path("customers/<int:customer_id>/timeline", pages.customer_timeline, name="timeline"),
    path("customers/<int:customer_id>/live", following.live_page, name="live"),
    path("customers/<int:customer_id>/history", about.changes, name="history"),
    path("customers/<int:customer_id>/told/<int:trait_id>", about.choose, name="choose_value"),
    path("customers/<int:customer_id>/notes", about.add_note, name="add_note"),
    path("customers/notes/<int:note_id>", about.change_note, name="change_note"),
    path("customers/notes/<int:note_id>/pin", about.pin_note, name="pin_note"),
    path("customers/notes/<int:note_id>/delete", about.delete_note, name="delete_note"),
    path("customers/<int:customer_id>/relatives", about.find_relative, name="find_relative"),
    path("customers/<int:customer_id>/relations", about.relate, name="relate"),
    path("customers/<int:customer_id>/relations/<int:other_id>/<slug:kind>", about.unrelate, name="unrelate"),
    path("customers/<int:customer_id>/tags", tagging.tag, name="tag"),
    path("customers/<int:customer_id>/tags/<int:tag_id>", tagging.untag, name="untag"),
    path("customers/tag", tagging.tag_many, name="tag_many"),
    path("customers/<int:customer_id>/edit", changes.edit, name="edit"),
    path("customers/<int:customer_id>/protocol", changes.protocol, name="protocol"),
    path("customers/<int:customer_id>/consent/<str:purpose>/<str:answer>", changes.consent, name="consent"),
]
