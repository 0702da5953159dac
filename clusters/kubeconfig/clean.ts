/** Removes cnibench's own namespaces from a cluster, and nothing else: at the end of a deployment, and after a crash. */
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../../core/errors.ts";
import { at, stringAt } from "../../core/json.ts";
import { OWNED_LABEL } from "../kubernetes/home.ts";
import type { Kubectl } from "../kubernetes/kubectl.ts";
import { sweepTemporary } from "../temporary.ts";
import { ACCESS, openAccess } from "./access.ts";
import { MARK } from "./mark.ts";
import { ownerOf, whoseStill, type Owned } from "./owned.ts";

/** Seconds for the API to be rid of a namespace: its pods end at once. */
const LIMIT = 90;
const PAUSE = 1;
const REMOVED = " removed";

/** @param context null: no cluster of the user's is touched. @returns a sentence for each namespace of cnibench's that is there, and each login of a killed process. */
export async function cleanKubeconfig(context: string | null): Promise<readonly string[]> {
  const logins = (await sweepTemporary(ACCESS)).map((folder) => `${folder} removed`);
  return context === null ? logins : [...logins, ...(await cleanNamespaces(context))];
}

async function cleanNamespaces(context: string): Promise<readonly string[]> {
  const { kubectl, close } = await openAccess(context, new AbortController().signal);
  try {
    const sentences: string[] = [];
    for (const owned of await ownedNamespaces(kubectl)) {
      const by = whoseStill(owned);
      if (by !== null)
        sentences.push(
          `namespace ${owned.name} was left: it is of ${by}; remove it by hand with: kubectl --context ${context} delete namespace ${owned.name}`,
        );
      else sentences.push(...(await removeAll(kubectl, [owned.name])));
    }
    return sentences;
  } finally {
    await close();
  }
}

/** Those that this process made. @throws EnvironmentError that names what does not go, and what holds it. */
export async function removeNamespaces(kubectl: Kubectl): Promise<void> {
  const own = (await ownedNamespaces(kubectl)).filter(({ host, pid }) => host === hostname() && pid === process.pid);
  const stuck = (
    await removeAll(
      kubectl,
      own.map(({ name }) => name),
    )
  ).filter((sentence) => !sentence.endsWith(REMOVED));
  if (stuck.length > 0) throw new EnvironmentError(stuck.join("\n"));
}

/** But the mark of an installed plugin, which goes with the plugin. */
async function ownedNamespaces(kubectl: Kubectl): Promise<readonly Owned[]> {
  const namespaces = await kubectl.list(["namespaces", "-l", OWNED_LABEL]);
  return namespaces.map(ownerOf).filter(({ name }) => name !== MARK);
}

/** @returns a sentence for each; of one that does not go, what holds it. */
async function removeAll(kubectl: Kubectl, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  await kubectl.remove(["namespace", ...names]);
  const deadline = performance.now() + LIMIT * 1000;
  for (;;) {
    const left = (await kubectl.list(["namespaces", "-l", OWNED_LABEL])).filter((one) =>
      names.includes(stringAt(one, "metadata", "name") ?? ""),
    );
    if (left.length === 0 || performance.now() > deadline)
      return names.map((name) =>
        sentenceFor(
          name,
          left.find((one) => stringAt(one, "metadata", "name") === name),
        ),
      );
    await sleep(PAUSE * 1000);
  }
}

function sentenceFor(name: string, left: unknown): string {
  if (left === undefined) return `namespace ${name}${REMOVED}`;
  const conditions = at(left, "status", "conditions");
  const reasons = (Array.isArray(conditions) ? (conditions as unknown[]) : [])
    .filter((one) => stringAt(one, "status") === "True")
    .flatMap((one) => stringAt(one, "message") ?? []);
  return `namespace ${name} is still being removed${reasons.length === 0 ? "" : `: ${reasons.join("; ").slice(0, 300)}`}; see it with: kubectl get namespace ${name} -o yaml`;
}
