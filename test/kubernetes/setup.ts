/** One cluster for all tests of clusters that exist: of kind, with simplecni. Made before them, gone after them. */
import type { TestProject } from "vitest/node";
import { kind } from "../../clusters/kind/kind.ts";
import { findAssets } from "../../engine/assets.ts";
import { installPlugin } from "../../engine/install.ts";
import { plugins } from "../../plugins/index.ts";
import { LOAD, NODE, whyNoKind } from "./images.ts";

/** What the tests are told of it. */
export interface Standing {
  readonly kubeconfig: string;
  readonly context: string;
  readonly nodes: readonly string[];
}

declare module "vitest" {
  interface ProvidedContext {
    /** null: no cluster can be made here. */
    readonly standing: Standing | null;
  }
}

const SPEC = { owner: "test", cni: "none", podCidr: "10.244.0.0/16", kubeProxyMode: "iptables", logs: null, loadImage: LOAD } as const;

export default async function standUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((await whyNoKind()) !== null) {
    project.provide("standing", null);
    return undefined;
  }
  const { signal } = new AbortController();
  const cluster = await kind.create({ nodes: 2, underlayMtu: 1500, kubernetes: { ...SPEC, ...(NODE === undefined ? {} : { nodeImage: NODE }) } }, signal);
  const remove = async (): Promise<void> => cluster[Symbol.asyncDispose]();
  try {
    const found = findAssets(plugins.simplecni, "kubernetes", []);
    if ("problems" in found) throw new Error(JSON.stringify(found.problems));
    await installPlugin(found.assets, cluster, signal);
  } catch (error) {
    await remove();
    throw error;
  }
  const { kubeconfig, context } = cluster.kubectl.access;
  project.provide("standing", { kubeconfig, context, nodes: cluster.nodes.map(({ name }) => name) });
  return remove;
}
