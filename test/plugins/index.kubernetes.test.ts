/** The Kubernetes recipes as data: consistent objects, pinned versions and digests, required settings. */
import { describe, expect, test } from "vitest";
import { valueAt, stringAt } from "../../core/untrusted-json.ts";
import { calicoEbpf, calicoIpip } from "../../plugins/calico.ts";
import { ciliumKpr, ciliumNative } from "../../plugins/cilium.ts";
import { flannelHostGw } from "../../plugins/flannel.ts";
import { plugins } from "../../plugins/index.ts";
import { IMAGES } from "../../plugins/kubernetes/versions.ts";
import type { Installation, KubernetesContext, KubernetesRecipe, Plugin } from "../../plugins/plugin.ts";
import { KUBERNETES_CONTEXT } from "../helpers/kubernetes-context.ts";

const recipes = Object.values(plugins as Readonly<Record<string, Plugin>>).flatMap(({ name, kubernetes }) =>
  kubernetes === undefined ? [] : [{ name, recipe: kubernetes }],
);

function installed(recipe: KubernetesRecipe, more: Partial<KubernetesContext> = {}): Installation | undefined {
  return recipe.install?.({ ...KUBERNETES_CONTEXT, ...more });
}

/** Returns the objects of a recipe with its own manifests; empty for other recipes. */
function objectsOf(recipe: KubernetesRecipe, more?: Partial<KubernetesContext>): unknown[] {
  const installation = installed(recipe, more);
  if (installation === undefined || !("manifests" in installation)) return [];
  return installation.manifests.split(/^---$/m).flatMap((text) => {
    const object = JSON.parse(text) as unknown;
    return stringAt(object, "kind") === "List" ? valueAt(object, "items") : [object];
  });
}

describe.each(recipes)("$name", ({ recipe }) => {
  test("every pod range in it is the range of the cluster", () => {
    if (recipe.install === null) return expect(recipe.images).toEqual([]);
    const clusterCidr = "10.77.0.0/16";
    const text = JSON.stringify(installed(recipe, { clusterCidr })).replace(/such as \S+/g, ""); // an example
    const ranges = text.match(/\d+(\.\d+){3}\/\d+/g) ?? [];
    expect(ranges.filter((range) => ![clusterCidr, "0.0.0.0/0"].includes(range))).toEqual([]);
  });

  test("images are pinned by digest, or named by tag without byDigest", () => {
    for (const image of recipe.images)
      expect(image).toMatch(/^[a-z0-9.-]+(\/[a-z0-9-]+)+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(installed(recipe, { byDigest: false })) ?? "").not.toContain("sha256:");
  });

  test("every object has a name and an existing namespace", () => {
    const objects = objectsOf(recipe);
    const namespaces = [
      "kube-system",
      ...objects.filter((one) => stringAt(one, "kind") === "Namespace").map((one) => stringAt(one, "metadata", "name")),
    ];
    for (const object of objects) {
      expect(stringAt(object, "metadata", "name")).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
      const namespace = stringAt(object, "metadata", "namespace");
      if (namespace !== null) expect(namespaces).toContain(namespace);
    }
  });

  test("it waits for workloads that it creates", () => {
    const objects = objectsOf(recipe);
    if (objects.length === 0) return expect(recipe.workloads.length).toBeGreaterThan(0);
    const created = objects.map((one) =>
      [
        stringAt(one, "kind")?.toLowerCase(),
        stringAt(one, "metadata", "namespace"),
        stringAt(one, "metadata", "name"),
      ].join(" "),
    );
    for (const { kind, namespace, name } of recipe.workloads) expect(created).toContain(`${kind} ${namespace} ${name}`);
  });

  test("mounted volumes and service accounts exist", () => {
    const objects = objectsOf(recipe);
    const accounts = objects
      .filter((one) => stringAt(one, "kind") === "ServiceAccount")
      .map((one) => stringAt(one, "metadata", "name"));
    for (const object of objects.filter((one) => stringAt(one, "kind") === "DaemonSet")) {
      const spec = valueAt(object, "spec", "template", "spec") as {
        serviceAccountName: string;
        volumes: { name: string }[];
        containers: Mounts[];
        initContainers?: Mounts[];
      };
      const volumes = spec.volumes.map(({ name }) => name);
      for (const { volumeMounts = [] } of [...spec.containers, ...(spec.initContainers ?? [])])
        for (const { name } of volumeMounts) expect(volumes).toContain(name);
      expect(accounts).toContain(spec.serviceAccountName);
    }
  });
});

interface Mounts {
  readonly volumeMounts?: readonly { readonly name: string }[];
}

test("another version has its own tag and no digest of the pinned version", () => {
  const other = plugins.flannel.kubernetes?.forVersion?.("v0.27.4");
  expect(other?.version).toBe("v0.27.4");
  expect(other?.images[0]).toBe("ghcr.io/flannel-io/flannel:v0.27.4");
  const calico = plugins.calico.kubernetes?.forVersion?.("v3.31.0");
  expect(calico?.manifest).toEqual({
    url: "https://raw.githubusercontent.com/projectcalico/calico/v3.31.0/manifests/calico.yaml",
    sha256: null,
  });
  expect(plugins.cilium.kubernetes?.forVersion?.("v1.18.2").version).toBe("1.18.2");
});

test("flannel uses the backend of its variant", () => {
  const config = (recipe: KubernetesRecipe | undefined): unknown => {
    const map = recipe === undefined ? null : objectsOf(recipe).find((one) => stringAt(one, "kind") === "ConfigMap");
    return JSON.parse(stringAt(map, "data", "net-conf.json") ?? "null");
  };
  expect(config(plugins.flannel.kubernetes)).toMatchObject({ Network: "10.99.0.0/16", Backend: { Type: "vxlan" } });
  expect(config(flannelHostGw.kubernetes)).toMatchObject({ Backend: { Type: "host-gw" } });
});

test("calico: encapsulation is always on, only ipip probes BIRD, eBPF gets the API server address", () => {
  const text = (plugin: Plugin): string =>
    JSON.stringify(plugin.kubernetes === undefined ? null : installed(plugin.kubernetes));
  expect(text(plugins.calico)).toContain('{"name":"CALICO_IPV4POOL_VXLAN","value":"Always"}');
  expect(text(plugins.calico)).not.toContain("bird");
  expect(text(calicoIpip)).toContain('{"name":"CALICO_IPV4POOL_IPIP","value":"Always"}');
  expect(text(calicoIpip)).toContain("-bird-ready");
  expect(text(calicoEbpf)).toContain('{"KUBERNETES_SERVICE_HOST":"control","KUBERNETES_SERVICE_PORT":"6443"}');
  expect([plugins.calico, calicoIpip, calicoEbpf].map(({ kubernetes }) => kubernetes?.kubeProxyMode)).toEqual([
    undefined,
    undefined,
    "none",
  ]);
});

function valuesOf(recipe: KubernetesRecipe | undefined, more?: Partial<KubernetesContext>): unknown {
  const installation = recipe === undefined ? undefined : installed(recipe, more);
  return installation !== undefined && "chart" in installation ? installation.chart.values : null;
}

test("cilium: tunnels or routes by variant, and only one variant replaces kube-proxy", () => {
  expect(valuesOf(plugins.cilium.kubernetes)).toMatchObject({
    routingMode: "tunnel",
    kubeProxyReplacement: false,
    ipam: { mode: "kubernetes" },
  });
  expect(valuesOf(ciliumNative.kubernetes)).toMatchObject({
    routingMode: "native",
    ipv4NativeRoutingCIDR: "10.99.0.0/16",
  });
  expect(valuesOf(ciliumKpr.kubernetes)).toMatchObject({
    kubeProxyReplacement: true,
    k8sServiceHost: "control",
    k8sServicePort: 6443,
  });
  expect([plugins.cilium, ciliumNative, ciliumKpr].map(({ kubernetes }) => kubernetes?.kubeProxyMode)).toEqual([
    undefined,
    undefined,
    "none",
  ]);
});

test("cilium: pinned digests in the chart values, none for other versions or for images by tag", () => {
  const { cilium, ciliumOperator } = IMAGES;
  const images = (recipe: KubernetesRecipe | undefined, more?: Partial<KubernetesContext>): unknown[] =>
    [["image"], ["operator", "image"]].map((keys) => valueAt(valuesOf(recipe, more), ...keys));
  const pullPolicy = "IfNotPresent";
  expect(images(plugins.cilium.kubernetes)).toEqual([
    { pullPolicy, useDigest: true, digest: cilium.digest },
    { pullPolicy, useDigest: true, genericDigest: ciliumOperator.digest },
  ]);
  expect(images(plugins.cilium.kubernetes?.forVersion?.("1.18.2"))).toEqual([{ pullPolicy }, { pullPolicy }]);
  expect(images(plugins.cilium.kubernetes, { byDigest: false })).toEqual(
    [0, 1].map(() => ({ pullPolicy, useDigest: false })),
  );
});
