import gc
import os
import warnings

from django.core.asgi import get_asgi_application

from mijoz.config.body_limit import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")
# Static files are read whole before they are sent; they are small. Downloads stream, see mijoz.ui.export.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

# What is loaded now lives as long as the process: looking through it for garbage again and again only costs time.
gc.disable()
django = get_asgi_application()
from mijoz.events.ingest.asgi import ingesting  # noqa: E402 - needs the apps

application = limited(ingesting(django))
gc.freeze()
gc.enable()
