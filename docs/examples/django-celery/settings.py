"""Settings of the project: a database, the app, Celery's broker on SQS."""

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db", "TEST": {"NAME": "test.db"}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["shop"]
MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
ROOT_URLCONF = "shop.urls"
SECRET_KEY = "from the environment, in production"

CELERY_BROKER_URL = "sqs://"
CELERY_BROKER_TRANSPORT_OPTIONS = {"region": "us-east-1", "wait_time_seconds": 0, "polling_interval": 0.01}
CELERY_TASK_DEFAULT_QUEUE = "mails"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
