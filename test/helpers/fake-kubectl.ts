/** A client whose kubectl prints scripted outputs. */
import { Kubectl } from "../../kubernetes/client.ts";
import { fakeHost, type FakeHost, type FakeShell, type Reply } from "./fake-host.ts";

const ACCESS = { kubeconfig: "/k", context: "c", cache: "/cache" };
/** The start of every command line. */
export const KUBECTL = "kubectl --kubeconfig=/k --context=c --cache-dir=/cache";

export interface FakeKubectl {
  readonly kubectl: Kubectl;
  readonly shell: FakeShell;
  readonly clock: FakeHost["clock"];
  /** Returns the arguments of the calls so far. */
  readonly calls: () => string[];
}

/** @param replies replies by the first arguments (`get pods`); the longest match applies. Any other call fails. */
export function fakeKubectl(replies: Readonly<Record<string, Reply>>): FakeKubectl {
  const host = fakeHost(
    Object.fromEntries(Object.entries(replies).map(([args, reply]) => [`${KUBECTL} ${args}`, reply])),
  );
  const { shell, clock } = host;
  return {
    shell,
    clock,
    kubectl: new Kubectl(host, ACCESS),
    calls: () => shell.calls.map(({ argv }) => argv.join(" ").slice(KUBECTL.length + 1)),
  };
}

/** Returns the reply of `get -o json` for an object. */
export function printed(object: unknown): Reply {
  return { stdout: JSON.stringify(object) };
}

/** Returns a reply to `create` that answers access reviews and denies those whose JSON matches the pattern. */
export function reviewing(denied: string): Reply {
  return (_, { stdin }) => {
    const { items } = JSON.parse(String(stdin)) as { items: { spec: unknown }[] };
    const reviews = items.map((one) => {
      const allowed = !new RegExp(denied).test(JSON.stringify(one.spec));
      return JSON.stringify({ ...one, status: { allowed } }, null, 4);
    });
    return { stdout: `${reviews.join("\n")}\n` };
  };
}

/** Returns the objects that each call of `create` created. */
export function createdObjects({ shell }: FakeKubectl): unknown[][] {
  const creations = shell.calls.filter(({ argv }) => argv.includes("create"));
  return creations.map(({ options }) => (JSON.parse(String(options.stdin)) as { items: unknown[] }).items);
}
