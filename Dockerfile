FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/uv.txt requirements/production.txt requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && VIRTUAL_ENV=/venv /venv/bin/uv pip sync --no-cache --require-hashes requirements/production.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production STATIC_ROOT=/app/staticfiles
# pg_dump and pg_restore for the backup; they must not be older than the server in compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app miteinander \
    && install -d -o miteinander -g miteinander -m 700 /srv/media /srv/backup
WORKDIR /app
COPY --from=build /venv /venv
COPY . .
# Needs settings, but no secret and no service: those of the demo collect the same files.
RUN python -m config.messages \
    && DJANGO_SETTINGS_MODULE=config.settings.demo MITEINANDER_DATA=/tmp/build python manage.py collectstatic --noinput \
    && mv /tmp/build/static /app/staticfiles && rm -r /tmp/build \
    # The product writes files for itself alone; these are for its own user, who is not the one that builds.
    && chmod -R a+rX /app
USER miteinander
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "docs/deploy/gunicorn.conf.py"]
