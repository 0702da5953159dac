/** Charts, with a program in helm's place that says what a test wants. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { renderChart, installCommand, installChart, uninstallChart } from "../../../clusters/kubernetes/helm.ts";
import { Kubectl } from "../../../clusters/kubernetes/kubectl.ts";
import type { HelmChart } from "../../../core/installation.ts";
import { findTool } from "../../../core/tools/find.ts";

const { signal } = new AbortController();
const kubectl = new Kubectl({ kubeconfig: "/k", context: "c", cache: "/cache" });
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
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cnibench-helm-"));
  process.env.PATH = `${folder}:${path}`;
});

afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** @param script of sh, after its arguments and its input have been written down */
function play(script: string): void {
  writeFileSync(join(folder, "helm"), `#!/bin/sh\necho "$*" >${folder}/args\ncat >${folder}/input\n${script}\n`);
  chmodSync(join(folder, "helm"), 0o755);
}

const seen = (what: "args" | "input"): string => readFileSync(join(folder, what), "utf8").trimEnd();

test("a chart is installed into the cluster that is meant, in its version, and the file of values comes last", async () => {
  play("exit 0");
  await installChart(kubectl, chart, signal);
  expect(seen("args")).toBe(
    "upgrade --install net network --namespace ns --repo https://charts.example/ --version 1.2.3 --values - --values /own.yaml --kubeconfig /k --kube-context c --create-namespace",
  );
  expect(seen("input")).toBe('{"a":1}');
});

test("a chart in a folder has neither repository nor version", () => {
  expect(
    installCommand(kubectl.access, { release: "net", namespace: "ns", chart: "/charts/network", values: {} }).join(" "),
  ).toBe(
    "helm upgrade --install net /charts/network --namespace ns --values - --kubeconfig /k --kube-context c --create-namespace",
  );
});

test("the objects of a chart are those that helm renders, and the secret in which helm keeps the release", async () => {
  play("echo 'kind: Service'");
  expect(await renderChart(chart, signal)).toBe(
    '{"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"ns"}}\n---\nkind: Service\n',
  );
  expect(seen("args")).toBe(
    "template net network --namespace ns --repo https://charts.example/ --version 1.2.3 --values - --values /own.yaml --include-crds",
  );
});

test("a chart that cannot be had is told in helm's own words, with another way", async () => {
  play(
    "echo 'a warning' >&2; echo 'Error: looks like \"https://charts.example/\" is not a valid chart repository' >&2; exit 1",
  );
  await expect(installChart(kubectl, chart, signal)).rejects.toThrow(
    'helm could not install network: it failed with exit code 1: Error: looks like "https://charts.example/" is not a valid chart repository; another chart is taken from a folder (helm pull --untar) with --plugins NAME@DIR',
  );
});

test("without helm it is told where to get it", async (context) => {
  process.env.PATH = "";
  const helm = findTool("helm");
  context.skip(helm !== null, `${helm} is found whatever the PATH is`);
  await expect(installChart(kubectl, chart, signal)).rejects.toThrow(
    "helm is not here, and the chart network needs it; install it: https://helm.sh/docs/intro/install/",
  );
});

test("a release is taken off with its pods, and it is no error that it is not there", async () => {
  play("echo 'Error: uninstall: Release not loaded: net: release: not found' >&2; exit 1");
  await uninstallChart(kubectl, chart);
  expect(seen("args")).toBe(
    "uninstall net --namespace ns --kubeconfig /k --kube-context c --wait --cascade foreground",
  );
  play("echo 'Error: Kubernetes cluster unreachable' >&2; exit 1");
  await expect(uninstallChart(kubectl, chart)).rejects.toThrow(
    "helm could not remove net: it failed with exit code 1: Error: Kubernetes cluster unreachable; remove it with: helm uninstall net --namespace ns",
  );
});
