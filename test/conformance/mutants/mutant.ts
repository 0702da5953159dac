/** A mutant: a plugin with one fault, and the clauses that must detect it. */
import type { JsonObject } from "../../../cni/lossless-json.ts";
import type { SpecVersion } from "../../../cni/spec-versions.ts";
import { BASE_PLUGINS, type BasePlugin } from "./base-plugins.ts";
import type { Plugin } from "./protocol.ts";
import type { PluginHandler } from "./plugin-server.ts";

type PluginOf<B extends BasePlugin> = InstanceType<(typeof BASE_PLUGINS)[B]>;

/** The fault: methods that replace those of the correct plugin. */
type Change<B extends BasePlugin> = (original: PluginOf<B>) => Partial<PluginOf<B>>;

/** A mutant without its code. */
interface MutantFacts {
  /** Number in the catalog of faults; from M300 on, added to cover clauses that no fault of the catalog breaks. */
  readonly number: string;
  readonly description: string;
  /** Clauses that must fail. */
  readonly fails: readonly string[];
  /** Clauses that may fail as a consequence of the fault; `*` matches any string. */
  readonly mayAlsoFail?: readonly string[];
  /** Default: the latest. */
  readonly version?: SpecVersion;
  /** Keys of the configuration that the fault requires. */
  readonly config?: JsonObject;
  /** A tool that the fault requires and the lab may lack. */
  readonly requiredTool?: string;
}

export interface Mutant extends MutantFacts {
  readonly base: BasePlugin;
  readonly createHandler: () => PluginHandler;
}

function mutantFactory<B extends BasePlugin>(base: B) {
  return (facts: MutantFacts, change: Change<B>): Mutant => ({
    ...facts,
    base,
    createHandler: () => {
      const [changed, original] = [new BASE_PLUGINS[base](), new BASE_PLUGINS[base]()] as [PluginOf<B>, PluginOf<B>];
      const plugin: Plugin = Object.assign(changed, change(original));
      return (call) => plugin.serve(call);
    },
  });
}

export const ri = mutantFactory("RI");
export const rp = mutantFactory("RP");
export const rc = mutantFactory("RC");
export const ro = mutantFactory("RO");

/** The handler of a correct plugin. */
export function correctHandler(base: BasePlugin): PluginHandler {
  const plugin: Plugin = new BASE_PLUGINS[base]();
  return (call) => plugin.serve(call);
}
