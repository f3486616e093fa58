"""One JSON object per line, on standard error, with the correlation id of the gesture it belongs to."""

from __future__ import annotations

from typing import Any


def configuration(level: str) -> dict[str, Any]:
    """LOGGING for Django; `level` is that of everything not named below."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"correlation": {"()": "doors.correlation.CorrelationFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "%(levelname)s %(name)s %(correlation)s %(message)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "at",  # ISO 8601, UTC
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["correlation"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "daphne": {"level": "WARNING"},
            "django.channels.server": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            # Two lines per task, twelve sweeps a minute: errors are still told, at ERROR.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            # Tells each table of a font it puts into a PDF.
            "fontTools": {"level": "WARNING"},
        },
    }
