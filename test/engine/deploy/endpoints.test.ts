/** The check that the ends of a path reach each other. */
import { expect, test } from "vitest";
import type { Endpoint } from "../../../core/model.ts";
import { requireReachable, type PathEnd } from "../../../engine/deploy/endpoints.ts";
import { fakeShell, type Reply } from "../../helpers/fake-host.ts";

const node = { name: "node1" } as Endpoint["node"];

function end(name: string, addresses: readonly string[], ping: Reply): PathEnd {
  const shell = fakeShell({ ping });
  const ip = addresses[0] as string;
  return { endpoint: { name, ip, ifName: "eth0", mtu: 1500, shell, node }, addresses };
}

test("the second end sends nothing before all its addresses have answered", async () => {
  const events: string[] = [];
  const ping =
    (name: string): Reply =>
    async (argv) => {
      const target = argv.at(-1) as string;
      events.push(`${name} pings ${target}`);
      await Promise.resolve();
      events.push(`${target} answers`);
      return {};
    };
  await requireReachable(end("a", ["10.0.0.1"], ping("a")), end("b", ["10.0.0.2", "fd00::2"], ping("b")));
  expect(events).toEqual([
    ...["a pings 10.0.0.2", "a pings fd00::2", "10.0.0.2 answers", "fd00::2 answers"],
    ...["b pings 10.0.0.1", "10.0.0.1 answers"],
  ]);
});

test("a direction without an answer is named with its addresses", async () => {
  const a = end("a", ["10.0.0.1"], {});
  const b = end("b", ["10.0.0.2"], { exitCode: 1 });
  await expect(requireReachable(a, b)).rejects.toThrow("b (10.0.0.2 on node1) cannot reach a (10.0.0.1 on node1)");
});

test("ends with the same address are refused", async () => {
  const address = ["10.0.0.1"];
  await expect(requireReachable(end("a", address, {}), end("b", address, {}))).rejects.toThrow(
    "a and b have the same address 10.0.0.1",
  );
});
