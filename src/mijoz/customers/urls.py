from django.urls import URLPattern, path

from mijoz.customers.importing.urls import urlpatterns as import_pages
from mijoz.customers.views import changes, lists, pages

app_name = "customers"
urlpatterns: list[URLPattern] = [
    *import_pages,
    path("customers/", lists.customer_list, name="list"),
    path("customers/suggestions", lists.suggestions, name="suggestions"),
    path("customers/export.csv", lists.export, name="export"),
    path("customers/add", changes.add, name="add"),
    path("customers/<int:customer_id>/", pages.customer_page, name="detail"),
    path("customers/<int:customer_id>/timeline", pages.customer_timeline, name="timeline"),
    path("customers/<int:customer_id>/edit", changes.edit, name="edit"),
    path("customers/<int:customer_id>/protocol", changes.protocol, name="protocol"),
    path("customers/<int:customer_id>/consent/<str:purpose>/<str:answer>", changes.consent, name="consent"),
]
