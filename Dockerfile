# The server image: no embedded databases, no compiler, no root. `snapgraph serve` answers on all addresses here, so it
# refuses to start without SNAPGRAPH_API_TOKEN (or SNAPGRAPH_API_TOKEN_FILE).

FROM node:22-bookworm-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/build && python -m venv /opt/snapgraph
COPY requirements/build.txt requirements/server.txt requirements/
RUN /opt/build/bin/pip install --requirement requirements/build.txt \
 && /opt/snapgraph/bin/pip install --requirement requirements/server.txt
COPY pyproject.toml hatch_build.py README.md LICENSE CHANGELOG.md ./
COPY alembic alembic
COPY snapgraph snapgraph
COPY --from=page /build/snapgraph/web/page snapgraph/web/page
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/snapgraph/bin/pip install --no-deps /wheels/*.whl

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="snapgraph" \
      org.opencontainers.image.description="A flight recorder for performance graphs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/snapgraph/snapgraph"
RUN useradd --uid 10001 --create-home --home-dir /var/lib/snapgraph snapgraph
COPY --from=build /opt/snapgraph /opt/snapgraph
ENV PATH="/opt/snapgraph/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    SNAPGRAPH_SERVER__HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/snapgraph
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
  ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"PORT\") or 8000}/healthz', timeout=2)"]
ENTRYPOINT ["snapgraph"]
CMD ["serve"]
