/** A plugin that is wrong in one thing, and what must notice. */
import type { JsonObject } from "../../../../cni/json.ts";
import type { SpecVersion } from "../../../../cni/version.ts";
import { BASE_PLUGINS, type BasePlugin } from "./base-plugins.ts";
import type { Plugin } from "./protocol.ts";
import type { PluginHandler } from "./plugin-server.ts";

type PluginOf<B extends BasePlugin> = InstanceType<(typeof BASE_PLUGINS)[B]>;

/** What is different: methods that take the place of the sound plugin's. */
type Change<B extends BasePlugin> = (original: PluginOf<B>) => Partial<PluginOf<B>>;

interface MutantOptions {
  /** Default: the latest. */
  readonly version?: SpecVersion;
  /** Keys of the configuration that the fault needs. */
  readonly config?: JsonObject;
  /** A program that the fault is made with, and that the lab may lack. */
  readonly requiredTool?: string;
  /** Clauses that cannot be kept either with this fault; `*` stands for any text. */
  readonly mayAlsoFail?: readonly string[];
}

export interface Mutant extends MutantOptions {
  /** Number of the catalogue of faults; from M300 on: ours, for clauses that no other puts to the test. */
  readonly number: string;
  readonly base: BasePlugin;
  readonly description: string;
  /** Clauses that must fail. */
  readonly fails: readonly string[];
  readonly createHandler: () => PluginHandler;
}

function mutantFactory<B extends BasePlugin>(base: B) {
  return (
    number: string,
    what: string,
    fails: readonly string[],
    change: Change<B>,
    more: MutantOptions = {},
  ): Mutant => ({
    ...more,
    number,
    base,
    description: what,
    fails,
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

/** The program of a base that is as it should be. */
export function correctHandler(base: BasePlugin): PluginHandler {
  const plugin: Plugin = new BASE_PLUGINS[base]();
  return (call) => plugin.serve(call);
}
