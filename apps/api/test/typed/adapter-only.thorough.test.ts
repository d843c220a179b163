import { vi } from "vitest";

// The API's tests once more, with every call left to tRPC's adapter: what they say is true of both ways of serving.
vi.mock("../../src/typed/plain-calls.ts", () => ({ plainCallsReader: () => () => null }));

await import("../refusals.test.ts");
await import("../limits.test.ts");
await import("../metrics.test.ts");
await import("../bad-input.db.test.ts");
await import("../hostile-requests.db.test.ts");
await import("../chat-api.db.test.ts");
await import("../admin-api.db.test.ts");
