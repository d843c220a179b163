import { type ProxySetting, tcpProxy, type TcpProxy } from "./tcp-proxy.ts";

const changingCommands = ["findAndModify", "insert", "update"].map((name) => Buffer.from(`\u0002${name}\0`));
const changingRequest = Buffer.from("POST /trpc/chat.createOrGet");

/** A proxy before an API process, and the URL that leads through it. */
export async function beforeApi(url: string): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
  const { hostname, port } = new URL(url);
  const proxy = await tcpProxy({ host: hostname, port: Number(port), changes: isChangingRequest });
  return { proxy, url: `http://127.0.0.1:${proxy.port}` };
}

/** A proxy before the database, and the connection string that leads through it. */
export async function beforeDatabase(
  uri: string,
): Promise<{ readonly proxy: TcpProxy; readonly uri: string }> {
  const proxy = await tcpProxy({ ...upstreamOf(uri), changes: isChangingCommand });
  const proxied = new URL(uri);
  proxied.host = `127.0.0.1:${proxy.port}`;
  // A member of a set would otherwise tell its own address, and the proxy be passed by.
  proxied.searchParams.delete("replicaSet");
  proxied.searchParams.set("directConnection", "true");
  return { proxy, uri: proxied.href };
}

/** Whether a proxy can stand before this database: one plain address. */
export function canBeProxied(uri: string): boolean {
  if (!uri.startsWith("mongodb://") || !URL.canParse(uri)) return false;
  const { searchParams } = new URL(uri);
  return searchParams.get("tls") !== "true" && searchParams.get("ssl") !== "true";
}

function upstreamOf(uri: string): Pick<ProxySetting, "host" | "port"> {
  const { hostname, port } = new URL(uri);
  return { host: hostname, port: Number(port || 27_017) };
}

function isChangingRequest(request: Buffer): boolean {
  return request.includes(changingRequest);
}

/** A command is named by its first field, a string in BSON, with the collection's name. */
function isChangingCommand(request: Buffer): boolean {
  return changingCommands.some((command) => request.includes(command));
}
