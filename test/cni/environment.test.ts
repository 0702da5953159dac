import { expect, test, vi } from "vitest";
import { cniEnvironment, versionEnvironment } from "../../cni/environment.ts";
import { FakePlugins, attachment, network } from "./fake-plugins.ts";

test("rt.exec.env: sets exactly the parameters; rt.req.args: keeps the order of arguments", () => {
  const env = cniEnvironment(
    "ADD",
    ["/a", "/b"],
    attachment({
      args: [
        ["K", "V"],
        ["A", "b=c"],
      ],
    }),
    "empty",
  );
  expect(env).toEqual({
    CNI_NETNS_OVERRIDE: undefined,
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "c1",
    CNI_NETNS: "/run/netns/c1",
    CNI_IFNAME: "eth0",
    CNI_ARGS: "K=V;A=b=c",
    CNI_PATH: "/a:/b",
  });
});

test.each([
  ["empty", ""],
  ["unset", undefined],
] as const)("unused parameters are %s", (style, filler) => {
  expect(cniEnvironment("GC", ["/a"], null, style)).toMatchObject({
    CNI_COMMAND: "GC",
    CNI_PATH: "/a",
    CNI_CONTAINERID: filler,
    CNI_NETNS: filler,
    CNI_IFNAME: filler,
    CNI_ARGS: filler,
  });
  expect(cniEnvironment("DEL", ["/a"], attachment({ netns: "" }), style)).toMatchObject({
    CNI_NETNS: filler,
    CNI_CONTAINERID: "c1",
  });
});

test.each([
  ["empty", 6],
  ["unset", 5],
] as const)("removes inherited CNI_ variables, in style %s", async (unusedEnv, count) => {
  vi.stubEnv("CNI_NETNS_OVERRIDE", "1");
  vi.stubEnv("CNI_FOO", "bar");
  vi.stubEnv("CNI_ARGS", "inherited=1");
  const fakes = new FakePlugins().plugin("x");
  await fakes.runtime({ unusedEnv }).add(network([{ type: "x" }]), attachment());
  vi.unstubAllEnvs();
  const [call] = fakes.received();
  expect(Object.keys(call?.env ?? {})).toHaveLength(count);
  expect(call?.env.CNI_ARGS).toBe(unusedEnv === "empty" ? "" : undefined);
});

test("rt.exec.version: sets dummy values for the variables that old plugins check", () => {
  expect(versionEnvironment()).toMatchObject({
    CNI_COMMAND: "VERSION",
    CNI_NETNS: "dummy",
    CNI_IFNAME: "dummy",
    CNI_PATH: "dummy",
  });
});
