// The build replaces the declarations of this file by the router's own, see inline-router-types.mjs.
export type { AppRouter } from "@onechat/api/router";
