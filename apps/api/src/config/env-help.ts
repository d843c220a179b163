/** What `--help` prints. */
export const envHelp = `The onechat API is configured by environment variables:

  MONGODB_URI       required: the MongoDB connection string
  MONGODB_DB        the database (that of the connection string, or onechat)
  AUTH_JWT_SECRET   the secret of HS256 tokens, at least 32 characters; this or AUTH_JWKS_URL is required
  AUTH_JWKS_URL     the issuer's key set, for RS256, PS256, ES256 and EdDSA tokens
  AUTH_ISSUER       the tokens' iss (onechat)
  AUTH_AUDIENCE     the tokens' aud (onechat)
  AUTH_DEV          1 adds POST /dev/token {sub}, find-then-insert to race against and the newest chats in the console, a
                    secret if none is set, and browsers' pages of this machine (any port of localhost) to CORS_ORIGINS;
                    refused unless NODE_ENV is development or test
  CONSOLE           1 serves the console at /; what it shows takes a token with scope chat:admin (the value of AUTH_DEV)
  CHAT_LEGACY       claim: chats without a key may exist and are adopted; none: they do not (claim)
  PORT, HOST        where to listen (3000, 127.0.0.1)
  CORS_ORIGINS      origins of browsers that may call, separated by commas (none)
  TRUST_PROXY       addresses and networks of proxies whose X-Forwarded-For is believed, separated by commas, such as
                    10.0.0.0/8 (none). Behind a proxy that is not listed, everybody has the proxy's address
  LOG_LEVEL         fatal, error, warn, info, debug, trace or silent (info)
  METRICS_PORT      a port of its own for Prometheus' GET /metrics; without it none are kept (none)
  METRICS_HOST      where that port listens (127.0.0.1)
  DRAIN_MS          how long requests are still taken after SIGTERM, while /readyz already says no (0)

Traces of requests, procedures and database commands are exported when OpenTelemetry's own variables ask for it, such as
OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318 (OTEL_TRACES_EXPORTER, OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, …).

Limits, of this process alone. Rates are per 10 seconds, and 0 means none. Rates and the event loop's delay are
limited when NODE_ENV is production, and elsewhere only when set, so load tests against your own development server are
not refused:

  RATE_LIMIT_CALLS          calls of one caller, each call of a batch counted, once for every ten people named (5000)
  RATE_LIMIT_SERVICE_CALLS  the same for tokens with scope chat:any, which speak for many people (50000)
  RATE_LIMIT_REQUESTS       requests from one address, IPv6 by /64; many people may share one (20000)
  MAX_CONCURRENT_REQUESTS   requests being answered; more than can be done before their deadline help nobody (5000)
  MAX_CONNECTIONS           open connections (10000); above them only /livez and /readyz are answered
  MAX_EVENT_LOOP_DELAY_MS   mean delay of the event loop from which on requests are refused (1000)

Whoever is above a rate gets 429, whoever comes while the process is overloaded 503, both with Retry-After.

NODE_ENV=production switches these limits on; AUTH_DEV takes development or test.
`;
