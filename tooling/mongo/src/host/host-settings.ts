import { z } from "zod";

/** What the parent tells the engine's process, as JSON in its first argument. */
export type HostSettings = z.infer<typeof HostSettings>;
export const HostSettings = z.object({
  dir: z.string(),
  /** Whether the data goes when the process is told to end, or is left alone by its parent. */
  temporary: z.boolean(),
  port: z.number(),
  /** How long to wait for a taken port. */
  patienceMs: z.number(),
  durabilityBarrier: z.boolean(),
});

/** What the engine's process tells its parent, once. */
export type HostReport = z.infer<typeof HostReport>;
export const HostReport = z.union([
  z.object({ listening: z.number(), version: z.string() }),
  z.object({ failed: z.string() }),
]);
