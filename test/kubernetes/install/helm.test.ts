/** Charts, with a fake helm. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  renderChart,
  installCommand,
  installChart,
  uninstallChart,
  type HelmChart,
} from "../../../kubernetes/install/helm.ts";
import { Kubectl } from "../../../kubernetes/client.ts";
import { localShell } from "../../../core/local.ts";

const { signal } = new AbortController();
const kubectl = new Kubectl(localShell(), { kubeconfig: "/k", context: "c", cache: "/cache" });
const chart: HelmChart = {
  release: "net",
  namespace: "ns",
  chart: "network",
  repository: "https://charts.example/",
  version: "1.2.3",
  values: { a: 1 },
  valuesFile: "/own.yaml",
};
const path = process.env.PATH;
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cnibench-helm-"));
  process.env.PATH = `${dir}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(dir, { recursive: true });
});

/** Installs a fake helm, which records its arguments and input. @param script shell script to run afterwards */
function fakeHelm(script: string): void {
  writeFileSync(join(dir, "helm"), `#!/bin/sh\necho "$*" >${dir}/args\ncat >${dir}/input\n${script}\n`);
  chmodSync(join(dir, "helm"), 0o755);
}

const recorded = (what: "args" | "input"): string => readFileSync(join(dir, what), "utf8").trimEnd();

test("the install command names the cluster and the version, and the values file comes last", async () => {
  fakeHelm("exit 0");
  await installChart(kubectl, chart, signal);
  expect(recorded("args")).toBe(
    "upgrade --install net network --namespace ns --repo https://charts.example/ --version 1.2.3 " +
      "--values - --values /own.yaml --kubeconfig /k --kube-context c --create-namespace",
  );
  expect(recorded("input")).toBe('{"a":1}');
});

test("a chart in a directory has no repository and no version", () => {
  expect(
    installCommand(kubectl.access, { release: "net", namespace: "ns", chart: "/charts/network", values: {} }).join(" "),
  ).toBe(
    "helm upgrade --install net /charts/network --namespace ns --values - " +
      "--kubeconfig /k --kube-context c --create-namespace",
  );
});

test("the objects of a chart are the rendered ones and the secret of the release", async () => {
  fakeHelm("echo 'kind: Service'");
  expect(await renderChart(localShell(), chart, signal)).toBe(
    '{"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"ns"}}\n---\nkind: Service\n',
  );
  expect(recorded("args")).toBe(
    "template net network --namespace ns --repo https://charts.example/ --version 1.2.3 " +
      "--values - --values /own.yaml --include-crds",
  );
});

test("a chart that cannot be fetched is reported with helm's message and an alternative", async () => {
  fakeHelm(
    "echo 'a warning' >&2; echo 'Error: looks like \"https://charts.example/\" is not a valid repository' >&2; exit 1",
  );
  await expect(installChart(kubectl, chart, signal)).rejects.toThrow(
    /chart network: helm .*exit code 1: Error: looks like "\S+" is not a valid repository; .*--plugins NAME@DIR/,
  );
});

test("missing helm is reported with the installation page", async () => {
  process.env.PATH = dir;
  await expect(installChart(kubectl, chart, signal)).rejects.toThrow(
    /^helm not found .*chart network.*https:\/\/helm\.sh\/docs\/intro\/install\/$/,
  );
});

test("uninstalling a release waits for its pods and ignores a missing release", async () => {
  fakeHelm("echo 'Error: uninstall: Release not loaded: net: release: not found' >&2; exit 1");
  await uninstallChart(kubectl, chart);
  expect(recorded("args")).toBe(
    "uninstall net --namespace ns --kubeconfig /k --kube-context c --wait --cascade foreground",
  );
  fakeHelm("echo 'Error: Kubernetes cluster unreachable' >&2; exit 1");
  await expect(uninstallChart(kubectl, chart)).rejects.toThrow(
    /release net: helm .*exit code 1: Error: Kubernetes cluster unreachable; .*: helm uninstall net --namespace ns$/,
  );
});
