import { type AuditedKey, type Register, Workload } from "./history-line.ts";
import { Path, Variant } from "./operation.ts";

/**
 * The two kinds of lines of which there is one for every key, recognised without a copy being made. What is not
 * recognised is not wrong yet: the schema decides, and says what is wrong.
 */
export function plainLine(value: unknown): Register | AuditedKey | null {
  if (!isObject(value)) return null;
  if (value["type"] === "register") return isRegister(value) ? (value as Register) : null;
  return value["type"] === "audit" && isAudit(value) ? (value as AuditedKey) : null;
}

type Fields = Readonly<Record<string, unknown>>;

const variants: ReadonlySet<unknown> = new Set(Variant.options);
const paths: ReadonlySet<unknown> = new Set(Path.options);
const workloads: ReadonlySet<unknown> = new Set(Workload.options);

function isRegister({ key, variant, path, workload, participants, scope, initial }: Fields): boolean {
  const isNamed = isText(key) && isText(scope) && areTexts(participants) && areTexts(initial);
  return isNamed && variants.has(variant) && paths.has(path) && workloads.has(workload);
}

function isAudit({ key, live, redirects }: Fields): boolean {
  return (
    isText(key) &&
    Array.isArray(live) &&
    live.every(
      (chat) =>
        isObject(chat) && isText(chat["id"]) && areTexts(chat["participants"]) && isText(chat["scope"]),
    ) &&
    Array.isArray(redirects) &&
    redirects.every(
      (redirect) => isObject(redirect) && isText(redirect["id"]) && isTextOrNull(redirect["to"]),
    )
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
