/** A fake deployment on a Kubernetes cluster whose pods return the output that a test defines. */
import type { Output, Shell } from "../../core/shell.ts";
import type { NamespacedObject } from "../../kubernetes/api-types.ts";
import type { ClusterDeployment } from "../../runners/deployment.ts";
import { outputOf } from "../helpers/fake-host.ts";

/** @param exec returns the standard output for a command in any pod */
export function fakeDeployment(exec: (argv: readonly string[]) => string, log: string[] = []): ClusterDeployment {
  const output = (argv: readonly string[]): Output => outputOf(argv, { where: "pod", stdout: exec(argv) });
  const shell: Shell = {
    name: "pod",
    exec: async (argv) => output(argv),
    start: (argv) => ({ done: Promise.resolve(output(argv)), closeStdin: () => undefined, kill: () => undefined }),
  };
  return {
    plugin: "fake",
    claimsPolicy: true,
    minorVersion: 20,
    nodes: ["n1", "n2"],
    image: "load:1",
    prefix: "p",
    createNamespaces: async (namespaces) => void log.push(`created ${namespaces.map(({ name }) => name).join()}`),
    removeNamespaces: async (namespaces) => void log.push(`removed ${namespaces.join()}`),
    runPods: async (pods) => pods.map(({ metadata: { namespace, name } }) => ({ namespace, name, ip: "10.0.0.1" })),
    createPods: async (pods) =>
      pods.map(({ metadata: { namespace, name } }) => ({ namespace, name, ip: "10.0.0.1", shell })),
    apply: async (objects) => void log.push(`applied ${objects.length}`),
    withApi: (use) => {
      const record =
        (verb: string) =>
        async ({ kind, metadata: { name } }: NamespacedObject): Promise<void> =>
          void log.push(`${verb} ${kind} ${name}`);
      return use({ create: record("created"), patch: record("patched"), remove: record("removed") });
    },
    removePolicies: async (namespaces) => void log.push(`removed policies in ${namespaces.join()}`),
  };
}
