/** The probe of the kernel, on a node with scripted outputs of ip. */
import { expect, test } from "vitest";
import type { ClusterSpec } from "../../../clusters/index.ts";
import { probeKernel } from "../../../engine/preflight/kernel-probe.ts";
import { plugins } from "../../../plugins/index.ts";
import { fakeHost, fakeShell, type FakeShell } from "../../helpers/fake-host.ts";
import { fakeKind } from "../fake-run.ts";

const SPEC: ClusterSpec = { nodes: 2, underlayMtu: 1500 };

/** Returns a kind whose nodes have this shell, and the numbers of nodes of its clusters. */
function kindWith(shell: FakeShell): ReturnType<typeof fakeKind> & { readonly sizes: number[] } {
  const sizes: number[] = [];
  const fake = fakeKind();
  const kind: typeof fake.kind = {
    ...fake.kind,
    create: async (host, spec) => {
      sizes.push(spec.nodes);
      const cluster = await fake.kind.create(host, spec);
      return { ...cluster, nodes: cluster.nodes.map((node) => ({ ...node, ip6: null, shell })) };
    },
  };
  return { ...fake, kind, sizes };
}

test("link types that ip cannot create, and IPv6 without an address, are missing; the others are deleted", async () => {
  const shell = fakeShell({
    "ip link add name probe link eth0 type macvlan": {},
    "ip link add name probe type vxlan": { exitCode: 2, stderr: "Error: Unknown device type.\n" },
    "ip link delete probe": {},
  });
  const { kind, log, sizes } = kindWith(shell);
  const needs = { plugins: [plugins.macvlan, plugins.flannel], families: ["dual"] } as const;
  expect(await probeKernel(fakeHost(), kind, SPEC, needs)).toEqual(new Set(["IPv6", "vxlan"]));
  expect(shell.calls.filter(({ argv }) => argv[2] === "delete")).toHaveLength(1);
  expect(sizes).toEqual([1]);
  expect(log).toEqual(["create", "dispose"]);
});

test("no cluster is created if the plan does not depend on the kernel", async () => {
  const { kind, log } = kindWith(fakeShell({}));
  const needs = { plugins: [plugins.bridge], families: ["ipv4"] } as const;
  expect(await probeKernel(fakeHost(), kind, SPEC, needs)).toEqual(new Set());
  expect(log).toEqual([]);
});
