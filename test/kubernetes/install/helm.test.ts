/** Charts, with a fake helm. */
import { expect, test } from "vitest";
import type { Output } from "../../../core/shell.ts";
import {
  renderChart,
  helmInstallCommand,
  installChart,
  uninstallChart,
  type HelmChart,
} from "../../../kubernetes/install/helm.ts";
import { Kubectl } from "../../../kubernetes/client.ts";
import { fakeHost, type Call } from "../../helpers/fake-host.ts";

const { signal } = new AbortController();
const ACCESS = { kubeconfig: "/k", context: "c", cache: "/cache" };
const chart: HelmChart = {
  release: "net",
  namespace: "ns",
  chart: "network",
  repository: "https://charts.example/",
  version: "1.2.3",
  values: { a: 1 },
  valuesFile: "/own.yaml",
};
/** A cluster with a fake helm. @param outcome of its commands other than `helm version` */
function cluster(outcome: Partial<Output>): { readonly kubectl: Kubectl; readonly last: () => Call | undefined } {
  const host = fakeHost({ "helm version": { stdout: "v3.20.2" }, helm: outcome });
  return { kubectl: new Kubectl(host, ACCESS), last: () => host.shell.calls.at(-1) };
}

test("the install command names the cluster and the version, and the values file comes last", async () => {
  const { kubectl, last } = cluster({});
  await installChart(kubectl, chart, signal);
  expect(last()?.argv.join(" ")).toBe(
    "helm upgrade --install net network --namespace ns --repo https://charts.example/ --version 1.2.3 " +
      "--values - --values /own.yaml --kubeconfig /k --kube-context c --create-namespace",
  );
  expect(last()?.options.stdin).toBe('{"a":1}');
});

test("a chart in a directory has no repository and no version", () => {
  expect(
    helmInstallCommand(ACCESS, { release: "net", namespace: "ns", chart: "/charts/network", values: {} }).join(" "),
  ).toBe(
    "helm upgrade --install net /charts/network --namespace ns --values - " +
      "--kubeconfig /k --kube-context c --create-namespace",
  );
});

test("the objects of a chart are the rendered ones and the secret of the release", async () => {
  const { kubectl, last } = cluster({ stdout: "kind: Service\n" });
  expect(await renderChart(kubectl.shell, chart, signal)).toBe(
    '{"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"ns"}}\n---\nkind: Service\n',
  );
  expect(last()?.argv.join(" ")).toBe(
    "helm template net network --namespace ns --repo https://charts.example/ --version 1.2.3 " +
      "--values - --values /own.yaml --include-crds",
  );
});

test("a chart that cannot be fetched is reported with helm's message and an alternative", async () => {
  const stderr = 'a warning\nError: looks like "https://charts.example/" is not a valid repository\n';
  await expect(installChart(cluster({ exitCode: 1, stderr }).kubectl, chart, signal)).rejects.toThrow(
    /chart network: helm .*exit code 1: Error: looks like "\S+" is not a valid repository; .*--plugins NAME@DIR/,
  );
});

test("missing helm is reported with the installation page", async () => {
  const host = fakeHost({ helm: { exitCode: null, startError: "spawn helm ENOENT" } });
  await expect(installChart(new Kubectl(host, ACCESS), chart, signal)).rejects.toThrow(
    /^helm not found .*chart network.*https:\/\/helm\.sh\/docs\/intro\/install\/$/,
  );
});

test("uninstalling a release waits for its pods and ignores a missing release", async () => {
  const missing = "Error: uninstall: Release not loaded: net: release: not found";
  const { kubectl, last } = cluster({ exitCode: 1, stderr: missing });
  await uninstallChart(kubectl, chart);
  expect(last()?.argv.join(" ")).toBe(
    "helm uninstall net --namespace ns --kubeconfig /k --kube-context c --wait --cascade foreground",
  );
  const unreachable = cluster({ exitCode: 1, stderr: "Error: Kubernetes cluster unreachable" });
  await expect(uninstallChart(unreachable.kubectl, chart)).rejects.toThrow(
    /release net: helm .*exit code 1: Error: Kubernetes cluster unreachable; .*: helm uninstall net --namespace ns$/,
  );
});
