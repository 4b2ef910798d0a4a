"""What `celery -A second.app` finds: the second service's Celery app."""

from mesh import Settings
from mesh.worker.app import celery_app
from second import service

app = celery_app(service, Settings.load())
