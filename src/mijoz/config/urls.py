from django.conf import settings
from django.urls import include, path

from mijoz.business.views.account import choose_language
from mijoz.config import health
from mijoz.config.api import urls as api_urls

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", api_urls),
    path("language/", choose_language, name="set_language"),
    path("", include("mijoz.events.ingest.urls")),
    path("account/", include("allauth.urls")),
    path("", include("mijoz.onboarding.urls")),
    path("", include("mijoz.insights.urls")),
    path("", include("mijoz.scenarios.choosing.urls")),
    path("", include("mijoz.scenarios.next_offer.urls")),
    path("", include("mijoz.surveys.urls")),
    path("", include("mijoz.surveys.listening.urls")),
    path("", include("mijoz.scenarios.urls")),
    path("", include("mijoz.loyalty.urls")),
    path("", include("mijoz.segments.clusters.urls")),
    path("", include("mijoz.segments.urls")),
    path("", include("mijoz.channels.urls")),
    path("", include("mijoz.customers.urls")),
    path("", include("mijoz.events.sources.urls")),
    path("", include("mijoz.business.urls")),
    path("", include("mijoz.portal.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("ui/", include("mijoz.ui.urls")))

handler400 = "mijoz.ui.views.bad_request"
handler403 = "mijoz.ui.views.permission_denied"
handler404 = "mijoz.ui.views.page_not_found"
handler500 = "mijoz.ui.views.server_error"
