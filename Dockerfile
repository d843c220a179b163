# The API and the migrator, each as a target of its own:
#   docker build --target api -t onechat-api .
#   docker build --target migrator -t onechat-migrator .

FROM node:22-bookworm-slim@sha256:f32b81066cde10a75dbac96646099533316d94bac4150c55da1636e1f0ffdc46 AS build
WORKDIR /src
# The version that package.json pins.
RUN npm install --global pnpm@12.21.0
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile
RUN pnpm exec turbo run build --filter=@onechat/api... --filter=@onechat/migrator...
RUN pnpm --filter=@onechat/api deploy --prod --offline /out/api
RUN pnpm --filter=@onechat/migrator deploy --prod --offline /out/migrator

FROM node:22-bookworm-slim@sha256:f32b81066cde10a75dbac96646099533316d94bac4150c55da1636e1f0ffdc46 AS runtime
ENV NODE_ENV=production
WORKDIR /app
# Files belong to root: what runs can read its program, and not change it.
USER node

FROM runtime AS migrator
COPY --from=build /out/migrator ./
ENTRYPOINT ["node", "dist/main.js"]

FROM runtime AS api
COPY --from=build /out/api ./
ENV HOST=0.0.0.0 PORT=3000 METRICS_HOST=0.0.0.0 METRICS_PORT=9464
EXPOSE 3000 9464
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# What hundreds of calls in flight hold is copied by each collection of a small young generation.
CMD ["node", "--max-semi-space-size=64", "dist/main.js"]
