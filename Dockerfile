# One image for every process of the centre: docker-compose.yml says which command each runs.

FROM node:22-slim AS browser-libraries
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements/base.lock /tmp/base.lock
RUN /opt/venv/bin/pip install --no-deps --require-hashes -r /tmp/base.lock
WORKDIR /srv/nice
COPY . .
COPY --from=browser-libraries /src/node_modules ./node_modules
RUN /opt/venv/bin/python tools/vendor.py && rm -rf node_modules \
    && if [ -f tools/messages.py ]; then /opt/venv/bin/python tools/messages.py compile; fi \
    && STATIC_ROOT=/srv/nice/collected /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home nice
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/nice /srv/nice
WORKDIR /srv/nice
RUN mkdir var && chown nice: var
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/nice/collected NICE_VAR=/srv/nice/var
USER nice
VOLUME /srv/nice/var
EXPOSE 8000
CMD ["daphne", "--bind", "0.0.0.0", "--port", "8000", "--verbosity", "0", "--no-server-name", \
     "--proxy-headers", "--application-close-timeout", "3", "--websocket-max-message-size", "8388608", \
     "nice_supervision.web:application"]
