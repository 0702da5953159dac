/** Detection of plugins from objects like those of their published manifests. */
import { describe, expect, test } from "vitest";
import { detectPlugin } from "../../../clusters/kubeconfig/detect.ts";

function daemonset(name: string, images: readonly string[], env: Readonly<Record<string, string>> = {}): object {
  const containers = images.map((image) => ({
    image,
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  }));
  return { metadata: { name }, spec: { template: { spec: { containers } } } };
}

const proxy = daemonset("kube-proxy", ["registry.k8s.io/kube-proxy:v1.34.3"]);

function detect(daemonsets: readonly object[], configMaps: readonly object[] = []): string {
  const found = detectPlugin({ daemonsets: [proxy, ...daemonsets], configMaps });
  return found === null
    ? "none"
    : [found.name, String(found.version), String(found.encapsulation), ...found.features].join(" | ");
}

describe("detects the plugin by its images", () => {
  test.each([
    [
      "calico 3.32, vxlan",
      daemonset("calico-node", ["quay.io/calico/node:v3.32.1"], {
        CALICO_IPV4POOL_VXLAN: "Always",
        CALICO_IPV4POOL_IPIP: "Never",
      }),
      "calico | v3.32.1 | VXLAN Always",
    ],
    [
      "calico, ipip",
      daemonset("calico-node", ["docker.io/calico/node:v3.25.0"], { CALICO_IPV4POOL_IPIP: "CrossSubnet" }),
      "calico | v3.25.0 | IP in IP CrossSubnet",
    ],
    [
      "calico installed by an operator, eBPF",
      daemonset("calico-node", ["quay.io/calico/node:v3.30.0"], { FELIX_BPFENABLED: "true" }),
      "calico | v3.30.0 | null | eBPF",
    ],
    [
      "weave",
      daemonset("weave-net", ["weaveworks/weave-kube:2.8.1", "weaveworks/weave-npc:2.8.1"]),
      "weave | 2.8.1 | null",
    ],
    [
      "kindnet",
      daemonset("kindnet", ["docker.io/kindest/kindnetd:v20250214-acbabc1a"]),
      "kindnet | v20250214-acbabc1a | none (routes)",
    ],
    [
      "an image with a digest but no tag",
      daemonset("cilium", [`quay.io/cilium/cilium@sha256:${"a".repeat(64)}`]),
      "cilium | null | null",
    ],
    [
      "a private registry with a port",
      daemonset("kube-flannel-ds", ["registry.corp:5000/mirror/flannel-io/flannel:v0.28.5"]),
      "flannel | v0.28.5 | null",
    ],
    ["simplecni, by its name", daemonset("simplecni", ["cnibench/load:1"]), "simplecni | 1 | none (static routes)"],
    ["no known plugin", daemonset("logging", ["fluent/fluentd:v1"]), "none"],
  ])("%s", (_, object, expected) => expect(detect([object])).toBe(expected));
});

describe("detects the mode by the settings", () => {
  const config = (name: string, data: Readonly<Record<string, string>>): object => ({ metadata: { name }, data });
  const cilium = daemonset("cilium", [`quay.io/cilium/cilium:v1.19.8@sha256:${"b".repeat(64)}`]);
  const flannel = daemonset("kube-flannel-ds", ["ghcr.io/flannel-io/flannel:v0.28.5"]);

  test("cilium: tunnel, native routing, and kube-proxy replacement", () => {
    expect(detect([cilium], [config("cilium-config", { "routing-mode": "tunnel", "tunnel-protocol": "geneve" })])).toBe(
      "cilium | v1.19.8 | GENEVE",
    );
    expect(
      detect([cilium], [config("cilium-config", { "routing-mode": "native", "kube-proxy-replacement": "true" })]),
    ).toBe("cilium | v1.19.8 | none (routes) | replaces kube-proxy");
  });

  test("flannel: the backend, or null for invalid JSON", () => {
    expect(detect([flannel], [config("kube-flannel-cfg", { "net-conf.json": '{"Backend":{"Type":"host-gw"}}' })])).toBe(
      "flannel | v0.28.5 | host-gw",
    );
    expect(detect([flannel], [config("kube-flannel-cfg", { "net-conf.json": "{" })])).toBe("flannel | v0.28.5 | null");
  });

  test("malformed objects are ignored", () => {
    expect(
      detectPlugin({
        daemonsets: [null, 1, {}, { spec: { template: { spec: { containers: [{ image: 3 }, null] } } } }],
        configMaps: [null],
      }),
    ).toBeNull();
  });
});
