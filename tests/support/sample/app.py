"""What `celery -A sample.app` finds: the sample service's Celery app."""

from mesh import Settings
from mesh.worker.app import celery_app
from sample import service

app = celery_app(service, Settings.load())
