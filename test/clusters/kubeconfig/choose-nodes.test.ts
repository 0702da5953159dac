/** The choice of nodes: usable ones, spread over zones, workers first, and the same in repeated runs. */
import { expect, test } from "vitest";
import {
  parseCandidate,
  chooseNodes,
  podRangeOfNodes,
  type CandidateNode,
} from "../../../clusters/kubeconfig/choose-nodes.ts";

function candidate(name: string, zone: string, more: Partial<CandidateNode> = {}): CandidateNode {
  return { name, ip: "10.0.0.1", podCidr: "", zone, unusableReason: null, controlPlane: false, ...more };
}

const names = (chosen: readonly CandidateNode[]): string[] => chosen.map(({ name }) => name);

test("nodes are spread over the zones, regardless of their order in the API", () => {
  const nodes = [
    candidate("a3", "a"),
    candidate("a1", "a"),
    candidate("b2", "b"),
    candidate("a2", "a"),
    candidate("c1", "c"),
    candidate("b1", "b"),
  ];
  expect(names(chooseNodes(nodes, 2, null))).toEqual(["a1", "b1"]);
  expect(names(chooseNodes(nodes, 4, null))).toEqual(["a1", "b1", "c1", "a2"]);
  expect(names(chooseNodes(nodes.toReversed(), 6, null))).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("control-plane nodes are used last, and only if there are too few workers", () => {
  const nodes = [candidate("a-master", "a", { controlPlane: true }), candidate("w1", "a"), candidate("w2", "a")];
  expect(names(chooseNodes(nodes, 2, null))).toEqual(["w1", "w2"]);
  expect(names(chooseNodes(nodes, 3, null))).toEqual(["w1", "w2", "a-master"]);
});

test("too few usable nodes are reported with the reasons and the flag", () => {
  const nodes = [candidate("n1", ""), candidate("n2", "", { unusableReason: "is cordoned" })];
  expect(() => chooseNodes(nodes, 2, "pool=bench")).toThrow(
    /1 usable nodes .*--node-selector pool=bench.*\b2 .*n2 is cordoned.*--nodes$/,
  );
});

test("a node object is parsed into a candidate", () => {
  const ready = { type: "Ready", status: "True" };
  const node = {
    metadata: {
      name: "n1",
      labels: { "topology.kubernetes.io/zone": "z1", "node-role.kubernetes.io/control-plane": "" },
    },
    spec: { podCIDR: "10.244.1.0/24" },
    status: {
      addresses: [
        { type: "Hostname", address: "n1" },
        { type: "InternalIP", address: "10.1.2.3" },
      ],
      conditions: [ready],
      nodeInfo: { operatingSystem: "linux" },
    },
  };
  expect(parseCandidate(node)).toEqual({
    name: "n1",
    ip: "10.1.2.3",
    podCidr: "10.244.1.0/24",
    zone: "z1",
    unusableReason: null,
    controlPlane: true,
  });
  expect(parseCandidate({ ...node, spec: { unschedulable: true } }).unusableReason).toBe("is cordoned");
  expect(
    parseCandidate({ ...node, status: { ...node.status, conditions: [{ ...ready, status: "Unknown" }] } })
      .unusableReason,
  ).toBe("is not ready");
  expect(
    parseCandidate({ ...node, status: { ...node.status, nodeInfo: { operatingSystem: "windows" } } }).unusableReason,
  ).toBe("runs windows");
  expect(parseCandidate({}).unusableReason).toBe("is not ready");
});

test("choosing a thousand nodes takes less than two seconds", () => {
  const nodes = Array.from({ length: 1000 }, (_, i) => candidate(`n${String(i).padStart(4, "0")}`, `zone-${i % 3}`));
  const start = performance.now();
  expect(chooseNodes(nodes, 1000, null)).toHaveLength(1000);
  expect(performance.now() - start).toBeLessThan(2000);
});

const withRanges = (...ranges: string[]): { name: string; podCidr: string }[] =>
  ranges.map((podCidr, i) => ({ name: `n${i + 1}`, podCidr }));

test.each([
  [["10.244.0.0/24"], "10.244.0.0/24"],
  [["10.244.0.0/24", "10.244.1.0/24"], "10.244.0.0/23"],
  [["10.244.1.0/24", "10.244.2.0/24"], "10.244.0.0/22"],
  [["10.0.255.0/24", "10.1.0.0/24"], "10.0.0.0/15"],
  [["10.0.0.0/8", "192.168.0.0/16"], "0.0.0.0/0"],
])("the smallest range over %j is %s", (ranges, range) => {
  expect(podRangeOfNodes(withRanges(...ranges))).toBe(range);
});

test.each(["", "fd00::/64"])("a node with the range %j is reported", (range) => {
  expect(() => podRangeOfNodes(withRanges("10.244.0.0/24", range))).toThrow(/^node n2 .*spec\.podCIDR/);
});
