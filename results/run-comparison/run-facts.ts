/** Finds the facts in which runs differ. Those that prevent a comparison are apart from the others. */
import { findMetric } from "../../core/metrics.ts";
import { flattenFacts } from "../changes.ts";
import { describeCluster } from "../cluster-facts.ts";
import type { RunFile } from "../record.ts";

/** Facts of the cluster's network that must be the same: ratios to the baseline do not cancel their effects. */
export const NETWORK_FACTS = ["kind", "underlayMtu", "underlayRate", "underlayDelay", "underlayLoss"] as const;
export type NetworkFact = (typeof NETWORK_FACTS)[number];

const REQUIRED_FACTS: ReadonlySet<string> = new Set([...NETWORK_FACTS, "emulated"].map((name) => `cluster ${name}`));
/** Bytes differ between equal machines, and do not influence the values. */
const IGNORED_FACTS = new Set(["memory"]);

/** A fact that is not the same in all runs. */
export interface RunFact {
  /** `kernel`, `tools iperf3`, `version of bridge`, ... */
  readonly fact: string;
  /** By run; null: unknown. */
  readonly values: readonly (string | null)[];
}

/** The part of a run that its facts are in. */
export interface FactSource {
  readonly run: Pick<RunFile, "environment" | "versions">;
  /** The medians of the cells that {@link definesNetwork} selects. */
  readonly network: readonly NetworkValue[];
  /** Names by which plugins are compared, if they differ from those of the run. */
  readonly renamed?: ReadonlyMap<string, string>;
}

export interface NetworkValue {
  readonly metric: string;
  readonly plugin: string;
  readonly path: string;
  readonly value: number;
}

/** Reports whether the value of a cell is a property of the pods' network, such as its MTU. */
export function definesNetwork({ metric, path }: Pick<NetworkValue, "metric" | "path">): boolean {
  return path !== "host" && findMetric(metric)?.definesNetwork === true;
}

export interface RunFacts {
  /** Of the cluster and of the pods' network. */
  readonly preventing: readonly RunFact[];
  readonly others: readonly RunFact[];
}

/** Returns the facts whose values are not the same in all runs that have them. */
export function differingRunFacts(runs: readonly FactSource[]): RunFacts {
  const machine = differences(runs.map(machineFacts));
  const isRequired = ({ fact }: RunFact): boolean => REQUIRED_FACTS.has(fact);
  return {
    preventing: [...machine.filter(isRequired), ...differences(runs.map(pluginNetworks))],
    others: [...machine.filter((each) => !isRequired(each)), ...differences(runs.map(pluginFacts))],
  };
}

type Facts = ReadonlyMap<string, string>;

function differences(runs: readonly Facts[]): RunFact[] {
  const names = new Set(runs.flatMap((facts) => [...facts.keys()]));
  return [...names].flatMap((fact) => {
    const values = runs.map((facts) => facts.get(fact) ?? null);
    return new Set(values.filter((value) => value !== null)).size < 2 ? [] : [{ fact, values }];
  });
}

function machineFacts({ run }: FactSource): Facts {
  const { environment, versions } = run;
  if (environment === null) return new Map();
  const facts = [
    ...flattenFacts({ ...environment, cluster: describeCluster(environment.cluster), plugins: [] }, ""),
    ...flattenFacts(versions, "version of "),
  ];
  return new Map(facts.filter(([name]) => !IGNORED_FACTS.has(name)));
}

/** Encapsulation and measured network, such as the MTU, of the pods of each plugin. */
function pluginNetworks({ run, network, renamed }: FactSource): Facts {
  const encapsulations = (run.environment?.plugins ?? []).flatMap(({ name, encapsulation }) =>
    encapsulation === null ? [] : [[`encapsulation of ${comparedName(name, renamed)}`, encapsulation] as const],
  );
  const measured = network.map(({ metric, plugin, path, value }) => {
    const label = findMetric(metric)?.label ?? metric;
    return [`${label} of ${comparedName(plugin, renamed)} on path ${path}`, String(value)] as const;
  });
  return new Map([...encapsulations, ...measured]);
}

/** Version and configuration of each plugin; binaries differ in every comparison of two versions. */
function pluginFacts({ run, renamed }: FactSource): Facts {
  const facts = (run.environment?.plugins ?? []).flatMap(({ name, version, configHash }) => {
    const plugin = comparedName(name, renamed);
    return [
      [`version of ${plugin}`, version],
      [`configuration of ${plugin}`, configHash === null ? null : configHash.slice(0, 12)],
    ] as const;
  });
  return new Map(facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
}

function comparedName(plugin: string, renamed: FactSource["renamed"]): string {
  return renamed?.get(plugin) ?? plugin;
}
