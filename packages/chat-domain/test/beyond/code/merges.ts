import type { Db, ResumeToken } from "mongodb";

/** From now on `from` is `to`; or, after a rollback, a chat of its own again (`to` is null). */
export interface Move {
  readonly from: unknown;
  readonly to: unknown;
}

/**
 * Tells of every merge and of every rollback, in order. Give the token of the last move that you have seen to go on after
 * a restart; a move may be told twice, and telling it twice must do no harm.
 */
export async function* moves(
  db: Db,
  resumeAfter?: ResumeToken,
): AsyncGenerator<{ readonly move: Move; readonly token: ResumeToken }> {
  const stream = db
    .collection("chat_redirects")
    .watch([{ $match: { operationType: { $in: ["insert", "update", "replace", "delete"] } } }], {
      fullDocument: "updateLookup",
      ...(resumeAfter === undefined ? {} : { resumeAfter }),
    });
  try {
    for await (const change of stream) {
      if (!("documentKey" in change)) continue;
      const redirect = "fullDocument" in change ? change.fullDocument : undefined;
      const move = { from: change.documentKey._id, to: redirect?.["to"] ?? null };
      yield { move, token: change._id };
    }
  } finally {
    await stream.close();
  }
}
