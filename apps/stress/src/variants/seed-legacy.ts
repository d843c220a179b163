import { type Db, ObjectId } from "mongodb";
import type { PlannedRegister } from "../workloads/workload-plan.ts";
import { chatsCollection } from "./stored-chat.ts";

/** Puts chats there as an application without onechat has left them: no key, and several of the same people. */
export async function seedLegacy(db: Db, registers: readonly PlannedRegister[]): Promise<void> {
  const documents = registers.flatMap(({ participants, scope, initial }) =>
    initial.map((id) => ({
      _id: new ObjectId(id),
      participants: [...participants],
      ...(scope === "" ? {} : { scope }),
      createdAt: new ObjectId(id).getTimestamp(),
    })),
  );
  await db.collection(chatsCollection).insertMany(documents);
}
