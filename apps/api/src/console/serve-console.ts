import { readdir, readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { consoleCss } from "./console-css.ts";
import { consoleHtml } from "./console-html.ts";

/** Nothing from elsewhere, nothing inline, nothing that frames it or is submitted anywhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What a browser runs is compiled for it, beside the server's own output. */
const scripts = new URL("../../dist/console/page/", import.meta.url);

/** The console at `/`. Its files are no secrets; what they show is asked for with a token. */
export async function serveConsole(server: FastifyInstance): Promise<void> {
  tellServerTime(server);
  page(server, "/", "text/html", consoleHtml);
  page(server, "/console/console.css", "text/css", consoleCss);
  for (const name of await readdir(scripts))
    if (name.endsWith(".js"))
      page(server, `/console/${name}`, "text/javascript", await readFile(new URL(name, scripts), "utf8"));
}

/**
 * When a request came and what its answer took, by the clock here. What the page measures holds the wait for one of the
 * browser's connections, and makes calls that met look as if they came one after the other.
 */
function tellServerTime(server: FastifyInstance): void {
  server.addHook("onSend", (_request, reply, payload, done) => {
    const ms = reply.elapsedTime;
    const from = performance.timeOrigin + performance.now() - ms;
    reply.header("server-timing", `total;dur=${ms.toFixed(2)};desc="from ${from.toFixed(2)}"`);
    done(null, payload);
  });
}

function page(server: FastifyInstance, url: string, type: string, body: string): void {
  server.get(url, { logLevel: "warn" }, (_request, reply) => {
    void reply.type(`${type}; charset=utf-8`).header("content-security-policy", policy).send(body);
  });
}
