// The API with one procedure more, which takes a caller and does nothing: the floor of every other.
import { connect } from "@onechat/chat-domain/connect";
import { pino } from "pino";
import { createAuthentication } from "../src/authentication.ts";
import { chatTally } from "../src/chat-tally.ts";
import { createReadiness } from "../src/readiness.ts";
import { appRouter } from "../src/router.ts";
import { createServer } from "../src/server.ts";
import { unobserved } from "../src/traffic-observer.ts";
import { procedure, router } from "../src/trpc.ts";
import { noLimits } from "../test/no-limits.ts";
import { secret } from "./shots.ts";

const nothing = procedure.mutation(() => null);
const extended = router({ ...appRouter._def.record, bench: router({ nothing }) });

const chats = connect({ uri: process.env["MONGODB_URI"] ?? "", database: "bench-http", legacy: "none" });
const log = pino({ level: "warn" });
const readiness = createReadiness(chats, log);
const server = await createServer({
  router: extended,
  chats,
  readiness,
  admin: { tally: chatTally(), pool: chats.pool },
  authenticate: createAuthentication({ keys: { secret }, issuer: "onechat", audience: "onechat" }),
  log,
  version: "bench",
  corsOrigins: [],
  limits: noLimits,
  trustedProxies: [],
  observer: unobserved,
  console: false,
  devToken: null,
});
const url = await server.listen({ port: 0, host: "127.0.0.1" });
process.send?.(url);
process.once("disconnect", () => {
  void server.close().then(() => chats[Symbol.asyncDispose]());
});
