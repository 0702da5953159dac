/** A real cluster that exists, with simplecni on it: what is detected, refused, measured and removed; and policy probes in real pods. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KubernetesCluster } from "../../clusters/cluster.ts";
import { openAccess } from "../../clusters/kubeconfig/access.ts";
import { deniedPermissions, PERMISSIONS } from "../../clusters/kubeconfig/permissions.ts";
import { presentPlugin } from "../../clusters/kubeconfig/kubeconfig.ts";
import { kind } from "../../clusters/kind/kind.ts";
import { LOAD_IMAGE } from "../../clusters/kubernetes/load-image.ts";
import { OWNED_LABEL } from "../../clusters/kubernetes/home.ts";
import { run } from "../../core/shell.ts";
import { findAssets } from "../../engine/assets.ts";
import { installPlugin } from "../../engine/install.ts";
import { wholeCluster } from "../../engine/whole-cluster.ts";
import { plugins } from "../../plugins/index.ts";
import { CASES } from "../../runners/policy/cases.ts";
import { settle, type Probing } from "../../runners/policy/probing.ts";
import { answerOf, plannedPods, podObject, questionsOf, worldNamespaces, worldOf } from "../../runners/policy/world.ts";
import { cnibench, temporaryFolder } from "../helpers/cnibench.ts";
import { whyNoKind } from "./images.ts";

const missing = await whyNoKind();
if (missing !== null) console.warn(`no kind cluster can be made here: ${missing}`);
const signal = new AbortController().signal;
const loadImage = process.env.CNIBENCH_TEST_LOAD_IMAGE ?? LOAD_IMAGE;
const nodeImage = process.env.CNIBENCH_TEST_NODE_IMAGE;

let cluster: KubernetesCluster;
let context: string;

describe.skipIf(missing !== null)("a cluster that exists", () => {
  beforeAll(async () => {
    const kubernetes = { owner: "test", cni: "none", podCidr: "10.244.0.0/16", kubeProxyMode: "iptables", logs: null, loadImage, ...(nodeImage === undefined ? {} : { nodeImage }) } as const;
    cluster = await kind.create({ nodes: 2, underlayMtu: 1500, kubernetes }, signal);
    const found = findAssets(plugins.simplecni, "kubernetes", []);
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    await installPlugin(found.assets, cluster, signal);
    context = cluster.kubectl.access.context;
    process.env.KUBECONFIG = cluster.kubectl.access.kubeconfig;
  }, 200_000);

  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]();
  }, 60_000);

  test("the plugin that is there is recognised, and its user may do everything", async () => {
    expect(await presentPlugin(context, signal)).toMatchObject({ name: "simplecni", mode: "none (static routes)", policy: false });
    const access = await openAccess(context, signal);
    expect(access.version).toMatch(/^v1\./);
    expect(await deniedPermissions(access.kubectl, PERMISSIONS, signal)).toEqual([]);
    await access.close();
  });

  test("a user who may do less is told everything that is missing, and an expired login what to do", async () => {
    const { kubectl } = cluster;
    await kubectl.create([{ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "reader", namespace: "default" } }]);
    await kubectl.run(["create", "clusterrolebinding", "reader", "--clusterrole=view", "--serviceaccount=default:reader"]);
    const limited = new (kubectl.constructor as new (access: typeof kubectl.access) => typeof kubectl)({ ...kubectl.access, kubeconfig: await asServiceAccount() });
    const denied = (await deniedPermissions(limited, PERMISSIONS, signal)).map(({ verb, resource, subresource }) => `${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`);
    expect(denied).toContain("create pods");
    expect(denied).toContain("create pods/exec");
    expect(denied).not.toContain("list pods");
    process.env.KUBECONFIG = await withToken("expired");
    await expect(openAccess(context, signal)).rejects.toThrow(`the cluster of context ${context} does not accept the login, which may have expired; log in again`);
    process.env.KUBECONFIG = kubectl.access.kubeconfig;
    await expect(openAccess("nowhere", signal)).rejects.toThrow(`the kubeconfig has no context "nowhere"; name another with --context; there are: ${context}`);
  });

  test("it is measured, and what was made for that is removed", async () => {
    const out = join(temporaryFolder(), "out");
    const flags = ["--cluster", "kubeconfig", "--context", context, "--load-image", loadImage, "--blocks", "1", "--duration", "1", "--suite", "kubernetes", "--only", "*/tcp-1/*/cross-node/*"];
    const ended = await cnibench(["run", ...flags, "--out", out, "--report", "json"]);
    expect(`${ended.stderr}\n${ended.exitCode}`).toMatch(/\n0$/);
    expect(ended.stdout).toMatch(/simplecni/);
    expect((await cluster.kubectl.list(["namespaces", "-l", OWNED_LABEL])).length).toBe(0);
    const wrong = await cnibench(["run", ...flags, "--plugins", "calico", "--out", `${out}-2`]);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("the cluster has simplecni");
    const many = await cnibench(["run", ...flags, "--nodes", "3", "--out", `${out}-3`]);
    expect(many.stderr).toContain("the cluster has 2 usable nodes, and 3 were asked for; ask for fewer with --nodes");
    expect(many.exitCode).toBe(3);
  }, 150_000);

  test("policy probes tell open from blocked in real pods, on one node and across", async () => {
    const deployment = wholeCluster(plugins.simplecni, cluster, signal);
    await deployment.createNamespaces(worldNamespaces(deployment.prefix));
    const planned = plannedPods(deployment.prefix, deployment.nodes);
    const running = await deployment.createPods(planned.map((pod) => podObject(pod, loadImage)));
    const shells = new Map(running.map(({ namespace, name, shell }) => [answerOf({ namespace, name }), shell]));
    const world = worldOf(deployment.prefix, planned.map((pod, i) => ({ ...pod, ip: running[i]?.ip ?? "" })));
    const probing: Probing = { world, shellOf: (pod) => shells.get(answerOf(pod)) ?? cluster.nodes[0]!.shell, keep: () => undefined, signal };
    expect(await settle(probing, [], "control")).toEqual([]);

    // simplecni enforces nothing: the policy alone changes nothing, and every question that it should close is found open.
    const one = CASES.find(({ id }) => id === "policy.deny.ingress.one");
    const policies = one?.policies(world) ?? [];
    await deployment.apply(policies.map(({ name, namespace, spec }) => ({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace }, spec })));
    const wrong = await settle(probing, policies, "unenforced");
    expect(new Set(wrong.map(({ question: { to }, answer }) => `${to.name} ${answer.state}`))).toEqual(new Set(["a open"]));
    expect(wrong).toHaveLength(8 * 4);

    // Enforced by hand, the same table is right.
    const closed = world.pods.find(({ name, namespace }) => name === "a" && namespace.endsWith("-x"));
    const rule = ["FORWARD", "-d", closed?.ip ?? "", "-m", "conntrack", "--ctstate", "NEW", "-j", "DROP"];
    for (const { shell } of cluster.nodes) await run(shell, ["iptables", "-I", ...rule]);
    expect(await settle(probing, policies, "enforced")).toEqual([]);
    for (const { shell } of cluster.nodes) await run(shell, ["iptables", "-D", ...rule]);
    await deployment.removePolicies(Object.keys(world.namespaces));
    expect(questionsOf(world)).toHaveLength(288);
  }, 120_000);

  async function withToken(token: string): Promise<string> {
    const view = JSON.parse(await cluster.kubectl.run(["config", "view", "--raw", "-o", "json"])) as { users: { user: unknown }[] };
    const file = join(temporaryFolder(), "kubeconfig");
    writeFileSync(file, JSON.stringify({ ...view, users: view.users.map((one) => ({ ...one, user: { token } })) }), { mode: 0o600 });
    return file;
  }

  /** By the token that Kubernetes keeps for the account, before 1.24, or one that it is asked for. */
  async function asServiceAccount(): Promise<string> {
    const { kubectl } = cluster;
    const asked = await kubectl.run(["create", "token", "reader"]).catch(() => null);
    if (asked !== null) return withToken(asked.trim());
    const token = async (): Promise<string | null> => {
      const secrets = (await kubectl.list(["secrets"])) as { metadata: { annotations?: Record<string, string> }; data?: { token?: string } }[];
      return secrets.find(({ metadata }) => metadata.annotations?.["kubernetes.io/service-account.name"] === "reader")?.data?.token ?? null;
    };
    const encoded = await kubectl.until("the account got no token", token, { limit: 30, signal });
    return withToken(Buffer.from(encoded, "base64").toString());
  }
});
