import type { ErrorShape } from "./error-shape.ts";

/** tRPC's names and numbers of what proxies and gateways say. */
const statusCodes: Readonly<Record<number, readonly [string, ErrorShape["code"]]>> = {
  401: ["UNAUTHORIZED", -32001],
  403: ["FORBIDDEN", -32003],
  404: ["NOT_FOUND", -32004],
  408: ["TIMEOUT", -32008],
  413: ["PAYLOAD_TOO_LARGE", -32013],
  429: ["TOO_MANY_REQUESTS", -32029],
  502: ["BAD_GATEWAY", -32603],
  503: ["SERVICE_UNAVAILABLE", -32603],
  504: ["GATEWAY_TIMEOUT", -32603],
};

/** A refusal that is not the API's, in the API's shape, so that callers find every status in one place. */
export function foreignRefusal(httpStatus: number, message: string): { readonly error: ErrorShape } {
  const [name, code] =
    statusCodes[httpStatus] ??
    (httpStatus < 500 ? (["BAD_REQUEST", -32600] as const) : (["INTERNAL_SERVER_ERROR", -32603] as const));
  const data = {
    code: name,
    httpStatus,
    reason: null,
    position: null,
    issues: [],
    requestId: null,
    path: null,
  };
  return { error: { message, code, data } };
}
