# One image for all of Milepost: portal, door for machines, worker and the commands of milepost.py (docs/administrator.md).
#
#   docker build --tag milepost .
#
# Bases are pinned by digest; a pull request of Dependabot or Renovate renews them. Python is the one that the tests run on.

FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt .
# The list ends with what only the tests need; tests of packages are a tenth of what they take.
RUN sed '/^# What the tests run on/,$d' requirements.txt > portal.txt \
    && python -m venv /opt/milepost \
    && /opt/milepost/bin/pip install --requirement portal.txt \
    && /opt/milepost/bin/pip uninstall --yes pip setuptools \
    && find /opt/milepost/lib/python3.11/site-packages/pandas /opt/milepost/lib/python3.11/site-packages/pyarrow \
        /opt/milepost/lib/python3.11/site-packages/scipy -type d -name tests -prune -exec rm -r {} +


FROM python:3.11.14-slim-bookworm@sha256:65a93d69fa75478d554f4ad27c85c1e69fa184956261b4301ebaf6dbb0a3543d AS milepost
LABEL org.opencontainers.image.title="Milepost" \
      org.opencontainers.image.description="How a team delivers, how it knows, and what to learn next" \
      org.opencontainers.image.licenses="Apache-2.0"

# git reads clones; tini hands signals on and buries the worker's children. Debian keeps one version of each for a
# release, and takes away the one before: naming it here would break tomorrow's build without making it safer.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git tini \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 milepost \
    && useradd --uid 10001 --gid milepost --home-dir /data --no-create-home --shell /usr/sbin/nologin milepost \
    && install --directory --owner=milepost --group=milepost --mode=0700 /data

COPY --from=packages /opt/milepost /opt/milepost
WORKDIR /app
COPY . .
RUN /opt/milepost/bin/python -m compileall -q -j 0 assessments content data pages ./*.py

# Of one's own in a deployment: where it listens (MILEPOST_ADDRESS=0.0.0.0 needs sign-in), the database, the queue.
ENV PATH=/opt/milepost/bin:$PATH \
    MILEPOST_HOME=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
VOLUME /data
EXPOSE 8501 8502
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "/app/deploy/healthy.py"]
ENTRYPOINT ["tini", "--", "python", "milepost.py"]
CMD ["run"]
