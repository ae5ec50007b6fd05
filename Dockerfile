# The production image. `scripts/container-steps.sh` performs these very lines without a container engine, so keep to
# COPY, RUN, ENV, WORKDIR, USER, CMD and HEALTHCHECK (the last two as JSON), paths below WORKDIR, one word per ENV value.

# glibc, not Alpine: what npm installs here is what is tested
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# optional dependencies are the embedded Postgres and Node itself: an image has the one and takes no other
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json package-lock.json ./
COPY migrations migrations
COPY openapi/openapi.json openapi/openapi.json
COPY src src
# a volume mounted here takes over this mode, so that the user below can write into it
RUN mkdir -m 1777 data data/evidence
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
