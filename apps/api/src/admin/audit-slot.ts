import { tooManyRequests } from "@onechat/chat-router";
import type { AuditSlot } from "../request-context.ts";

const comeBackMs = 5_000;

export function auditSlot(): AuditSlot {
  let taken = false;
  return {
    async alone(audit) {
      if (taken) throw tooManyRequests("this process is at an audit already", comeBackMs);
      taken = true;
      try {
        return await audit();
      } finally {
        taken = false;
      }
    },
  };
}
