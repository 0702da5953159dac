/** `cnibench list`: prints plugins, suites, clusters, runners or clauses. */
import { clusters } from "../../clusters/index.ts";
import { UsageError } from "../../core/errors.ts";
import { stringAt } from "../../core/untrusted-json.ts";
import { didYouMean } from "../../core/text.ts";
import { type Plugin, plugins } from "../../plugins/index.ts";
import { CLAUSES } from "../../conformance/index.ts";
import { runnerFacts, runners } from "../../runners/index.ts";
import { loadSuite, shippedSuites } from "../../suites/index.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { columns } from "../../reports/index.ts";

type Item = { readonly name: string; readonly summary: string } & Readonly<Record<string, unknown>>;

const LISTS: Readonly<Record<string, () => Item[]>> = {
  plugins: () =>
    Object.values(plugins).map(({ name, summary, encapsulation, bare, kubernetes }: Plugin) => ({
      name,
      summary,
      encapsulation,
      specVersion: bare?.specVersion ?? null,
      binaries: bare?.binaries ?? [],
      kubernetes:
        kubernetes === undefined
          ? null
          : { version: kubernetes.version, images: kubernetes.images, policy: kubernetes.enforcesPolicy },
    })),
  suites: () =>
    shippedSuites().map(({ name, file, text }) => {
      const loaded = loadSuite(text, file, runnerFacts());
      if ("problems" in loaded) throw new Error(loaded.problems.join("\n"));
      const { description, blocks, duration, scenarios } = loaded.suite;
      return { name, summary: description, blocks, duration, scenarios };
    }),
  clusters: () => Object.values(clusters).map(({ name, summary, maxNodes }) => ({ name, summary, maxNodes })),
  runners: () =>
    Object.values(runners).map(({ name, summary, scope, params, tools }) => ({ name, summary, scope, params, tools })),
  clauses: () =>
    CLAUSES.map(({ id, sentence, level, section, since, until, kinds, dependsOnVersion = true }) => ({
      clause: id,
      // Deprecated, the same as clause: kept for one release.
      name: id,
      summary: sentence,
      level,
      section,
      since: since ?? null,
      until: until ?? null,
      kinds: kinds ?? "all",
      dependsOnVersion,
    })),
};

/** Returns the columns of an item; plugins also have the version of their Kubernetes recipe. */
function rowOf(what: string, item: Item): string[] {
  const version = what === "plugins" ? [stringAt(item, "kubernetes", "version") ?? ""] : [];
  return [item.name, ...version, item.summary];
}

export interface ListFlags {
  readonly format: "text" | "json";
}

export async function listCommand(what: string, flags: ListFlags): Promise<ExitCode> {
  const makeItems = Object.hasOwn(LISTS, what) ? LISTS[what] : undefined;
  if (makeItems === undefined) {
    const known = Object.keys(LISTS);
    throw new UsageError(
      `unknown list "${what}"${didYouMean(what, known)}; use ${known.slice(0, -1).join(", ")} or ${known.at(-1)}`,
    );
  }
  const items = makeItems();
  const text =
    flags.format === "json" ? `${JSON.stringify(items, null, 2)}\n` : columns(items.map((item) => rowOf(what, item)));
  process.stdout.write(text);
  return EXIT.success;
}
