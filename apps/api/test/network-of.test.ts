import { describe, expect, it } from "vitest";
import { networkOf } from "../src/limits/network-of.ts";

describe("the network that an address is counted for", () => {
  it.each([
    {
      client: "127.0.0.1",
      spellings: ["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:7F00:0001", "0:0:0:0:0:ffff:7f00:1"],
    },
    {
      client: "1.2.3.4",
      spellings: [
        "::ffff:102:304",
        "1.2.3.4:5678",
        "[::ffff:102:304]:80",
        "::ffff:1.2.3.4%eth0",
        "::ffff:1.2.3.4:5678",
        ' "1.2.3.4:80" ',
        "64:ff9b::1.2.3.4",
        "[64:ff9b::102:304]:9",
      ],
    },
    {
      client: "2001:db8:1:2::7",
      spellings: [
        "[2001:db8:1:2::7]",
        "[2001:db8:1:2::7]:443",
        "2001:DB8:1:2::7%en0.1",
        "[2001:db8:1:2::7%eth0]:1",
      ],
    },
    { client: "fe80::1%eth0", spellings: ["fe80::1", "[fe80::1%eth1]:80"] },
  ])("is one for $client, however it is written", ({ client, spellings }) => {
    expect(spellings.map(networkOf)).toEqual(spellings.map(() => networkOf(client)));
  });

  it("is not one for clients that only look alike", () => {
    const clients = [
      "1.2.3.4",
      "1.2.3.5",
      "::102:304",
      "2001:db8:1:2::",
      "2001:db8:1:20::",
      "unknown",
      "_hidden",
      "",
    ];
    expect(new Set(clients.map(networkOf)).size).toBe(clients.length);
  });
});
