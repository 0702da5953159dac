/** Converts the stored form of a run's choices to the flags of a command that would choose the same. */
import { homedir } from "node:os";
import type { Definition, RunFile } from "../../results/record.ts";
import { existingFlags } from "./existing-cluster.ts";
import type { ChoiceFlags } from "./run-choices.ts";
import { vmFlags } from "./vm-flags.ts";

/** Returns the flags that a stored run was started with. */
export function toFlags({ definition, plan, seed }: RunFile): ChoiceFlags {
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
): Partial<ChoiceFlags> {
  return {
    loadImage,
    ...(nodeImage === null ? {} : { nodeImage }),
    ...(images === null ? {} : { images: expandHome(images) }),
    ...(registryMirror === null ? {} : { registryMirror }),
  };
}
