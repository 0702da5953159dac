/** Converts flags to their stored form and back, so that a resumed run is planned by the same rules as a new one. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import { printable, UsageError } from "../../core/errors.ts";
import type { ClusterSpec, KubernetesSpec } from "../../clusters/cluster.ts";
import type { Plan } from "../../engine/plan/plan.ts";
import type { Definition, RunFile } from "../../results/record.ts";
import { replaceHome } from "../../results/redact.ts";
import { existingFlags, storedExisting } from "./existing-cluster.ts";
import type { Inputs, MeasuringFlags } from "./inputs.ts";
import { resolveSource } from "./overrides.ts";
import { vmFlags, storedVm } from "./vm-flags.ts";

export interface DefinitionFlags extends MeasuringFlags {
  readonly redact?: boolean;
}

/** Returns the stored form of the flags. */
export function toDefinition({ suites, binDirs, spec }: Inputs, flags: DefinitionFlags): Definition {
  return {
    suites: suites.map(({ scenarios, ...suite }) => ({
      ...suite,
      // Scenarios of runners that do not measure a path have no paths.
      scenarios: scenarios.map(({ paths, ...scenario }) => (paths.length === 0 ? scenario : { ...scenario, paths })),
    })),
    plugins:
      flags.plugins?.map((name) =>
        abbreviateHome(name.replace(/@(.*)/, (_, given: string) => `@${resolveSource(given)}`)),
      ) ?? null,
    cluster: flags.cluster,
    conf: (flags.conf ?? []).map((file) => abbreviateHome(resolve(file))),
    binDirs: binDirs.map(abbreviateHome),
    ...storedCluster(spec),
    only: flags.only ?? [],
    redacted: flags.redact ?? false,
  };
}

function storedCluster(spec: ClusterSpec): Pick<Definition, "kubernetes" | "existing" | "machine" | "underlay"> {
  const { kubernetes, machine, underlayMtu, underlayRate, underlayDelay, underlayLoss } = spec;
  return {
    ...(kubernetes === undefined ? {} : { kubernetes: storedImages(kubernetes) }),
    ...(kubernetes?.existing === undefined ? {} : { existing: storedExisting(kubernetes.existing) }),
    ...(machine === undefined ? {} : { machine: storedVm(machine, abbreviateHome) }),
    underlay: {
      mtu: underlayMtu,
      rate: underlayRate ?? null,
      delay: underlayDelay ?? null,
      ...(underlayLoss === undefined ? {} : { loss: underlayLoss }),
    },
  };
}

function storedImages({
  nodeImage,
  loadImage,
  imageArchive,
  registryMirror,
}: KubernetesSpec): NonNullable<Definition["kubernetes"]> {
  return {
    nodeImage: nodeImage ?? null,
    loadImage,
    images: imageArchive === undefined ? null : abbreviateHome(imageArchive),
    registryMirror: registryMirror ?? null,
  };
}

/** Returns the flags that a stored run was started with. */
export function toFlags({ definition, plan, seed }: RunFile): DefinitionFlags {
  const { plugins, cluster, conf, binDirs, underlay, kubernetes, existing, machine, only, redacted } = definition;
  const expandHome = (path: string): string =>
    path.replace(/(^|@)~(?=\/|$)/, (_, before: string) => `${before}${homedir()}`);
  return {
    ...(plugins === null ? {} : { plugins: plugins.map(expandHome) }),
    cluster,
    ...(conf.length === 0 ? {} : { conf: conf.map(expandHome) }),
    binDir: binDirs.map(expandHome),
    nodes: plan.nodes,
    underlayMtu: underlay.mtu,
    ...(underlay.rate === null ? {} : { underlayRate: underlay.rate }),
    ...(underlay.delay === null ? {} : { underlayDelay: underlay.delay }),
    ...(underlay.loss === undefined ? {} : { underlayLoss: underlay.loss }),
    ...(kubernetes === undefined ? {} : imageFlags(kubernetes, expandHome)),
    ...(existing === undefined ? {} : existingFlags(existing)),
    ...(machine === undefined ? {} : vmFlags(machine, expandHome)),
    seed,
    only,
    redact: redacted,
  };
}

function imageFlags(
  { nodeImage, loadImage, images, registryMirror }: NonNullable<Definition["kubernetes"]>,
  expandHome: (path: string) => string,
): Partial<DefinitionFlags> {
  return {
    loadImage,
    ...(nodeImage === null ? {} : { nodeImage }),
    ...(images === null ? {} : { images: expandHome(images) }),
    ...(registryMirror === null ? {} : { registryMirror }),
  };
}

type Planned = Pick<RunFile, "plan" | "seed" | "definition">;

/** @throws UsageError when `planned` would measure something else than the stored run */
export function requireSamePlan(run: RunFile, planned: Planned): void {
  const stored = new Map(comparedFacts(run));
  const different = comparedFacts(planned).find(([name, value]) => stored.get(name) !== value);
  if (different === undefined) return;
  throw new UsageError(
    `--resume: ${different[0]} differs from the stored run (cnibench ${printable(run.versions.cnibench)}); ` +
      "omit the options that the run was not started with, or start a new run",
  );
}

function comparedFacts({
  plan: { clusterReason: _, ...plan },
  seed,
  definition: { underlay, kubernetes, machine, redacted },
}: Planned): [string, string][] {
  return Object.entries({
    seed,
    underlay,
    kubernetes: kubernetes ?? null,
    machine: machine ?? null,
    redact: redacted,
    ...plan,
  }).map(([name, value]) => [name, JSON.stringify(value, withoutSkipReason)]);
}

/** JSON replacer that keeps whether something is skipped but not the wording, which differs between versions. */
function withoutSkipReason(key: string, value: unknown): unknown {
  return key === "skip" ? value !== undefined : value;
}

/** Returns the stored part of a plan. */
export function storedPlan({ tasks: _, ...stored }: Plan): RunFile["plan"] {
  return stored;
}

/** Replaces the home directory in stored paths by `~`, so that they do not contain the name of the user. */
export function abbreviateHome(text: string): string {
  return replaceHome(text, homedir());
}
