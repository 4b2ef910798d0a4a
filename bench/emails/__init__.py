"""`make bench-emails`: receipts per second of one worker, beside the usual Celery task."""
