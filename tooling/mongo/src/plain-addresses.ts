/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The addresses that a connection string names; none where it asks for TLS, a DNS record or a socket in the file system. */
export function plainAddresses(uri: string): readonly Address[] {
  const [, hosts] = /^mongodb:\/\/(?:[^@/]*@)?([^/?]+)/.exec(uri) ?? [];
  if (hosts === undefined || hosts.includes("%") || /[?&](tls|ssl)=true/.test(uri)) return [];
  return hosts.split(",").map((each) => {
    const [, host = each, port] = /^(.+?)(?::(\d+))?$/.exec(each) ?? [];
    return { host: host.replaceAll(/^\[|\]$/g, ""), port: Number(port ?? 27_017) };
  });
}
