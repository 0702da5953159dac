import { expect, test } from "vitest";
import { parseProfile, shippedProfile } from "../../../runners/conformance/profile-file.ts";
import { capabilityArgsFor } from "../../../runners/conformance/capability-args.ts";
import type { Attachment } from "../../../runners/conformance/clause-context.ts";

function variantsOf(plugin: string): Record<string, unknown>[] {
  return (shippedProfile(plugin)?.profile.variants ?? []).map(
    ({ name, changes, offeredCapabilities: offers, list }) => ({
      name,
      changes,
      offers,
      ipMasq: list.plugins.map(({ raw }) => raw.ipMasq),
    }),
  );
}

test("an interface plugin is tried with masquerading, a chained one with what it claims", () => {
  expect(variantsOf("ptp")).toEqual([{ name: "masquerade", changes: undefined, offers: undefined, ipMasq: [true] }]);
  expect(variantsOf("portmap")).toEqual([
    { name: "with portMappings", changes: true, offers: ["portMappings"], ipMasq: [undefined, undefined] },
  ]);
  expect(variantsOf("firewall")).toEqual([]);
});

test("a profile's own variants come first, and say whether they change something", () => {
  expect(variantsOf("tuning").map(({ changes }) => changes)).toEqual([true]);
  const text = `kinds: [interface]\nconfig: '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'\nstopDaemon: rm /run/x\nvariants:\n  - {name: v, clauses: ["*"], config: '{"cniVersion":"1.0.0","name":"n","plugins":[{"type":"x"}]}'}\n`;
  const { profile } = parseProfile(text, "p.yaml");
  expect(profile.stopDaemon).toBe("rm /run/x");
  expect(profile.variants.map(({ name }) => name)).toEqual(["v", "masquerade"]);
});

test("every interface of a container is offered ports of its own, and the same for every operation", () => {
  const attachment = (id: string, ifName: string): Attachment => ({
    container: { id, netns: "", shell: undefined as never },
    ifName,
    incoming: null,
    raw: null,
  });
  const port = (id: string, ifName: string): unknown =>
    (capabilityArgsFor(["portMappings"], attachment(id, ifName)).portMappings as { hostPort: number }[])[0]?.hostPort;
  const ports = [
    port("cnibench-1", "eth0"),
    port("cnibench-1", "eth1"),
    port("cnibench-2", "eth0"),
    port("nobody", "lo"),
  ];
  expect(new Set(ports).size).toBe(4);
  expect(port("cnibench-2", "eth0")).toBe(ports[2]);
  expect(capabilityArgsFor(["bandwidth"], null)).toEqual({});
});
