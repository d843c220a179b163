import { wholeMessage } from "./whole-message.ts";
import type { MongoProvider, MongoServer, Provider, MongoOptions } from "./mongo-server.ts";

interface Refusal {
  readonly provider: MongoProvider;
  readonly reason: string;
}

/**
 * Opens the first provider that works, in the given order, and says why the ones before it did not.
 *
 * @throws Error with every provider's reason and the ways out
 */
export async function openFirstAvailable(
  providers: readonly Provider[],
  options: MongoOptions,
): Promise<MongoServer> {
  const refusals: Refusal[] = [];
  for (const provider of providers) {
    const outcome = await tryProvider(provider, options);
    if (typeof outcome !== "string") {
      options.onNotice(usedLine(outcome, refusals));
      return outcome;
    }
    refusals.push({ provider: provider.name, reason: outcome });
  }
  throw new Error(nothingWorks(refusals));
}

/**
 * Opens the one provider that was asked for.
 *
 * @throws Error with the reason why it does not work
 */
export async function openForced(provider: Provider, options: MongoOptions): Promise<MongoServer> {
  const outcome = await tryProvider(provider, options);
  if (typeof outcome !== "string") {
    options.onNotice(usedLine(outcome, []));
    return outcome;
  }
  throw new Error(`the MongoDB provider "${provider.name}" was asked for, but it does not work: ${outcome}`);
}

async function tryProvider(provider: Provider, options: MongoOptions): Promise<MongoServer | string> {
  const reason = await provider.unavailable();
  if (reason !== null) return reason;
  try {
    return await provider.open(options);
  } catch (error) {
    return wholeMessage(error);
  }
}

function usedLine(server: MongoServer, refusals: readonly Refusal[]): string {
  const passed = refusals.map(({ provider, reason }) => `${provider}: ${reason}`).join("; ");
  return `MongoDB: ${server.provider}, ${server.description}${passed === "" ? "" : ` (not ${passed})`}`;
}

function nothingWorks(refusals: readonly Refusal[]): string {
  const reasons = refusals.map(({ provider, reason }) => `  ${provider.padEnd(15)} ${reason}`);
  return [
    "no MongoDB can be had on this machine:",
    ...reasons,
    "any one of these helps:",
    "  - set MONGODB_URI to a MongoDB of yours",
    "  - start a container runtime (tests only)",
    "  - install mongod, or set MONGOMS_SYSTEM_BINARY to one",
    "  - use Linux with glibc 2.38 or newer, Debian with apt, or macOS on arm64; or let the download through",
  ].join("\n");
}
