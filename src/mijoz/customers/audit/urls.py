from django.urls import path

from mijoz.customers.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/run", views.run_audit, name="run_audit"),
    path("audit/<slug:code>/", views.finding, name="audit_finding"),
]
