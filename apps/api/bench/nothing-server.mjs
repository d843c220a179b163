// The API with one procedure more, which takes a caller and does nothing: the floor of every other.
// Plain JavaScript on the build in dist, as it runs in production: a loader of TypeScript would be measured as well.
/* oxlint-disable no-restricted-imports -- the build is what is measured */
import { connect } from "@onechat/chat-domain/connect";
import { pino } from "pino";
import { createAuthentication } from "../dist/auth/authentication.js";
import { chatTally } from "../dist/observe/chat-observer.js";
import { createReadiness } from "../dist/health/readiness.js";
import { appRouter } from "../dist/router.js";
import { createServer } from "../dist/create-server.js";
import { noopObserver } from "../dist/observe/traffic-observer.js";
import { adminProcedure, router } from "../dist/trpc.js";

const { MONGODB_URI: uri = "", AUTH_JWT_SECRET: secret = "" } = process.env;
const limits = JSON.parse(process.argv[2] ?? "{}");
const nothing = adminProcedure.mutation(() => null);
const chats = connect({ uri, database: "bench-http", legacy: "none" });
const log = pino({ level: "warn" });
const server = await createServer({
  router: router({ ...appRouter._def.record, bench: router({ nothing }) }),
  chats,
  readiness: createReadiness(chats, log),
  admin: { tally: chatTally(), pool: chats.pool },
  authenticate: createAuthentication({ keys: { secret }, issuer: "onechat", audience: "onechat" }),
  log,
  version: "bench",
  corsOrigins: [],
  limits,
  trustedProxies: [],
  observer: noopObserver,
  console: false,
  devToken: null,
});
const url = await server.listen({ port: 0, host: "127.0.0.1" });
process.send?.(url);
process.once("disconnect", () => {
  void server.close().then(() => chats[Symbol.asyncDispose]());
});
