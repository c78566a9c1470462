import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mijoz.config.settings")

# What is loaded now lives as long as the process: looking through it for garbage again and again only costs time.
gc.disable()
application = get_asgi_application()
gc.freeze()
gc.enable()
