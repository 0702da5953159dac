import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { CAPABILITY_ARGS, CONFIG, REQUESTS, RESULTS } from "./appendix.ts";
import { FakePlugins, printing } from "./fake-plugins.ts";

test("sends all requests of the appendix of the specification for ADD, CHECK and DEL", async () => {
  const fakes = new FakePlugins();
  for (const type of ["bridge", "tuning", "portmap"] as const) fakes.plugin(type, { ADD: printing(RESULTS[type]) });
  const list = parseNetworkConfig(JSON.stringify(CONFIG), "dbnet.conflist");
  const runtime = fakes.runtime();
  const blue = {
    containerID: "blue",
    netns: "/var/run/netns/blue",
    ifName: "eth0",
    args: [["argA", "foo"]],
    capabilityArgs: CAPABILITY_ARGS,
  } as const;

  const { result } = await runtime.add(list, blue);
  await runtime.check(list, blue);
  await runtime.del(list, blue);

  const received = fakes.received();
  const requests = (command: string): unknown[] =>
    received.filter((call) => call.command === command).map((call) => call.request);
  expect(requests("ADD")).toEqual(REQUESTS.ADD);
  expect(requests("CHECK")).toEqual(REQUESTS.CHECK);
  expect(requests("DEL")).toEqual(REQUESTS.DEL);
  expect(fakes.order()).toEqual([
    "bridge ADD",
    "tuning ADD",
    "portmap ADD",
    "bridge CHECK",
    "tuning CHECK",
    "portmap CHECK",
    "portmap DEL",
    "tuning DEL",
    "bridge DEL",
  ]);
  for (const { env } of received)
    expect(env).toMatchObject({ CNI_IFNAME: "eth0", CNI_ARGS: "argA=foo", CNI_NETNS: "/var/run/netns/blue" });
  expect(result).toEqual({ cniVersion: "1.1.0", ...RESULTS.portmap });
});
