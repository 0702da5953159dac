/** A plugin that is wrong in one thing, and what must notice. */
import type { JsonObject } from "../../../../cni/json.ts";
import type { SpecVersion } from "../../../../cni/version.ts";
import { BASES, type Base } from "./bases.ts";
import type { Plugin } from "./protocol.ts";
import type { Program } from "./stub.ts";

type PluginOf<B extends Base> = InstanceType<(typeof BASES)[B]>;

/** What is different: methods that take the place of the sound plugin's. */
type Change<B extends Base> = (sound: PluginOf<B>) => Partial<PluginOf<B>>;

interface More {
  /** Default: the latest. */
  readonly version?: SpecVersion;
  /** Keys of the configuration that the fault needs. */
  readonly config?: JsonObject;
  /** A program that the fault is made with, and that the lab may lack. */
  readonly tool?: string;
  /** Clauses that cannot be kept either with this fault; `*` stands for any text. */
  readonly also?: readonly string[];
}

export interface Mutant extends More {
  /** Number of the catalogue of faults; from M300 on: ours, for clauses that no other puts to the test. */
  readonly number: string;
  readonly base: Base;
  readonly what: string;
  /** Clauses that must fail. */
  readonly fails: readonly string[];
  readonly program: () => Program;
}

function maker<B extends Base>(base: B) {
  return (number: string, what: string, fails: readonly string[], change: Change<B>, more: More = {}): Mutant => ({
    ...more,
    number,
    base,
    what,
    fails,
    program: () => {
      const [changed, sound] = [new BASES[base](), new BASES[base]()] as [PluginOf<B>, PluginOf<B>];
      const plugin: Plugin = Object.assign(changed, change(sound));
      return (call) => plugin.serve(call);
    },
  });
}

export const ri = maker("RI");
export const rp = maker("RP");
export const rc = maker("RC");
export const ro = maker("RO");

/** The program of a base that is as it should be. */
export function soundProgram(base: Base): Program {
  const plugin: Plugin = new BASES[base]();
  return (call) => plugin.serve(call);
}
