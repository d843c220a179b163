import { type Broken, chatPlan, type ChatPlan } from "./chat-plan.ts";
import { type LegacyIds, legacyIds } from "./legacy-ids.ts";
import type { ResolvedOptions } from "./legacy-options.ts";
import { people, type People } from "./people.ts";
import { type Random, random } from "./random.ts";

export interface SentMessage {
  readonly at: Date;
  /** The number of a person. */
  readonly sender: number;
}

/** A chat before it takes the shape of an application's documents. */
export interface LegacyChat {
  readonly position: number;
  readonly named: boolean;
  readonly broken: Broken | null;
  /** In the order they are stored in. */
  readonly people: readonly number[];
  readonly scope: string | null;
  readonly createdAt: Date;
  /** Oldest first. */
  readonly messages: readonly SentMessage[];
  readonly draw: Random;
}

/** What all chats of one generation have in common. */
export interface LegacyWorld {
  readonly options: ResolvedOptions;
  readonly plan: ChatPlan;
  readonly people: People;
  readonly ids: LegacyIds;
}

export function legacyWorld(options: ResolvedOptions): LegacyWorld {
  const { seed } = options;
  const plan = chatPlan(options);
  const scopes = options.shape === "onechat";
  return { options, plan, people: people({ seed, sets: plan.sets, scopes }), ids: legacyIds(seed) };
}

export function legacyChat(world: LegacyWorld, position: number): LegacyChat {
  const { set, named, broken } = world.plan.chatAt(position);
  const draw = random(world.options.seed, "chat", position);
  const members = world.people.setAt(set);
  const createdAt = chatCreatedAt(world, position);
  return {
    position,
    named,
    broken,
    people: shuffled(members.people, draw),
    scope: members.scope,
    createdAt,
    messages: sentMessages(world, members.people, createdAt, draw),
    draw,
  };
}

const start = Date.UTC(2021, 0, 4, 8);
const span = Date.UTC(2024, 0, 4, 8) - start;

/** Later positions are later in time, so a group's chats are as far apart in time as in their ids. */
function chatCreatedAt({ plan }: LegacyWorld, position: number): Date {
  return new Date(start + Math.floor((position * span) / Math.max(1, plan.total)));
}

const longestPause = 3 * 24 * 3_600_000;

function sentMessages(
  { options }: LegacyWorld,
  senders: readonly number[],
  from: Date,
  draw: Random,
): readonly SentMessage[] {
  const length = Math.round(draw.unit() * 2 * options.messagesPerChat);
  let at = from.getTime();
  return Array.from({ length }, () => {
    // No two at the same moment: what was sent after a moment can then be counted in one way only.
    at += 1000 + draw.below(longestPause);
    return { at: new Date(at), sender: senders[draw.below(senders.length)] ?? 0 };
  });
}

function shuffled(values: readonly number[], draw: Random): readonly number[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = draw.below(last + 1);
    const moved = result[last] ?? 0;
    result[last] = result[other] ?? 0;
    result[other] = moved;
  }
  return result;
}
