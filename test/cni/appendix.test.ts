import { expect, test } from "vitest";
import { parseNetworkConfig } from "../../cni/conf.ts";
import { CAPABILITY_ARGS, CONFIG, REQUESTS, RESULTS } from "./appendix.ts";
import { FakePlugins, printing } from "./fake-plugins.ts";

test("the exchange of the specification's appendix: every request of ADD, CHECK and DEL", async () => {
  const doubles = new FakePlugins();
  for (const type of ["bridge", "tuning", "portmap"] as const) doubles.plugin(type, { ADD: printing(RESULTS[type]) });
  const list = parseNetworkConfig(JSON.stringify(CONFIG), "dbnet.conflist");
  const runtime = doubles.runtime();
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

  const received = doubles.received();
  const requests = (command: string): unknown[] =>
    received.filter((call) => call.command === command).map((call) => call.request);
  expect(requests("ADD")).toEqual(REQUESTS.ADD);
  expect(requests("CHECK")).toEqual(REQUESTS.CHECK);
  expect(requests("DEL")).toEqual(REQUESTS.DEL);
  expect(doubles.order()).toEqual([
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
