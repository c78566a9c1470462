from django.urls import URLPattern, path

from mijoz.customers.importing.urls import urlpatterns as import_pages
from mijoz.customers.views import lists, pages

app_name = "customers"
urlpatterns: list[URLPattern] = [
    *import_pages,
    path("customers/", lists.customer_list, name="list"),
    path("customers/<int:customer_id>/", pages.customer_page, name="detail"),
]
