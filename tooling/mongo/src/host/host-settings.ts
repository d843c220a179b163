import { z } from "zod";

/** What the parent tells the engine's process, as JSON in its first argument. */
export type HostSettings = z.infer<typeof HostSettings>;
export const HostSettings = z.object({
  dir: z.string(),
  port: z.number(),
  durabilityBarrier: z.boolean(),
});

/** What the engine's process tells its parent, once. */
export type HostReport = z.infer<typeof HostReport>;
export const HostReport = z.union([z.object({ listening: z.number() }), z.object({ failed: z.string() })]);
