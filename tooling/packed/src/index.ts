export { type PackedProject, packedProject } from "./packed-project.ts";
