from django.urls import URLPattern

from mijoz.customers.importing.urls import urlpatterns as import_pages

app_name = "customers"
urlpatterns: list[URLPattern] = [
    *import_pages,
]
