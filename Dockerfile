# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock /tmp/
RUN python -m venv /opt/govflow && /opt/govflow/bin/pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/govflow/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GOVFLOW_HOME=/var/lib/govflow
RUN groupadd --gid 10001 govflow \
    && useradd --uid 10001 --gid govflow --home-dir /var/lib/govflow --create-home --shell /usr/sbin/nologin govflow
COPY --from=packages /opt/govflow /opt/govflow
WORKDIR /app
COPY . /app
# Static files are part of the image: a container starts with a read-only root and needs no preparation.
RUN GOVFLOW_DEMO=1 GOVFLOW_HOME=/opt/govflow/build python manage.py collectstatic --noinput -v0
ENV STATIC_ROOT=/opt/govflow/build/static
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "govflow.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "20", "--no-control-socket"]
