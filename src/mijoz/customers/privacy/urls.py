from django.urls import URLPattern, path

from mijoz.customers.privacy.views import house, person

urlpatterns: list[URLPattern] = [
    path("customers/<int:customer_id>/privacy", person.page, name="privacy"),
    path("customers/<int:customer_id>/privacy/link/<str:deed>", person.link, name="privacy_link"),
    path("customers/<int:customer_id>/privacy/copy", person.copy, name="privacy_copy"),
    path("customers/<int:customer_id>/privacy/stop/<str:deed>", person.stop, name="privacy_stop"),
    path("customers/<int:customer_id>/privacy/erase", person.erase, name="privacy_erase"),
    path("settings/privacy", house.checklist_page, name="privacy_checklist"),
    path("settings/privacy/duty/<str:key>", house.duty, name="privacy_duty"),
    path("settings/privacy/settings", house.settings, name="privacy_settings"),
    path("settings/privacy/texts", house.texts_page, name="privacy_texts"),
    path("settings/privacy/texts/<str:purpose>/<str:language>", house.text, name="privacy_text"),
    path("settings/privacy/keeping", house.keeping, name="privacy_keeping"),
    path("settings/privacy/looks", house.looks, name="privacy_looks"),
    path("settings/privacy/requests", house.requests, name="privacy_requests"),
    path("settings/privacy/requests/<uuid:request_id>", house.request_page, name="privacy_request"),
]
