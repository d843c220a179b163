import type { RunRecord } from "@onechat/chat-domain/migrate";
import { durationText } from "./durations.ts";

/** One run in one line. */
export function runText({
  _id,
  command,
  to,
  state,
  phase,
  startedAt,
  endedAt,
  host,
  error,
}: RunRecord): string {
  const parts = [
    `${_id} ${command} to ${to}: ${stateText(state, phase)}`,
    `began ${startedAt.toISOString()}`,
    ...(endedAt === undefined
      ? []
      : [`last ended after ${durationText(endedAt.getTime() - startedAt.getTime())}`]),
    `on ${host}`,
    ...(error === undefined ? [] : [error]),
  ];
  return parts.join(", ");
}

function stateText(state: RunRecord["state"], phase: string | null): string {
  const isOver = state === "done" || state === "nothing-to-do" || state === "parked";
  return isOver || phase === null ? state : `${state} in ${phase}`;
}
