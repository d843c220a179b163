export { npmInstall, packInto } from "./install-packed.ts";
export { type PackedProject, packedProject } from "./packed-project.ts";
