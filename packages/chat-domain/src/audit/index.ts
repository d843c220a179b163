export { auditChats, type AuditOptions, type AuditProgress } from "./audit-chats.ts";
export { type Finding, type FindingCode, findingCodes } from "./finding.ts";
