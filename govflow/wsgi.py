import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")

application = get_wsgi_application()
gc.collect()
gc.freeze()  # what was loaded stays; the collector need not walk through it with each of its rounds
