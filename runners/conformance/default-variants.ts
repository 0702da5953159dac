/**
 * Other configurations that a plugin is tested in without being asked: what it may be able to do besides the given one.
 * A plugin that can do nothing of the kind makes nothing in them, and their clauses say that they do not concern it.
 */
import type { NetworkConfigList } from "../../cni/types.ts";
import type { PluginKind } from "./clause.ts";
import { OFFERABLE_CAPABILITIES, type Capability } from "./capability-args.ts";
import type { Variant } from "./profile.ts";
import { changePlugins } from "./network-variants.ts";

/** Clauses about what an attachment has on the node besides its link. */
const MASQUERADE_CLAUSES = [
  "check.tamper.rules",
  "del.netns.gone",
  "del.netns.gone.host",
  "del.netns.unset.host",
  "del.others",
  "del.same-cid",
  "gc.stale.host",
  "leak.rules",
  "conc.add",
];
/** Clauses that a chained plugin keeps trivially while it has nothing to do. */
const CAPABILITY_CLAUSES = [
  ...[
    "add.prevresult.*",
    "add.result.interfaces.*",
    "check.after-add",
    "check.pure",
    "check.repeat",
    "check.tamper.rules",
    "check.tamper.shaping",
    "check.heal",
  ],
  ...["del.*", "gc.*", "leak.*", "conc.*", "out.check.empty"],
];

/** For the plugin at `target`: masquerading when it makes interfaces, and what it claims of the capabilities. */
export function defaultVariants(
  list: NetworkConfigList,
  target: number,
  kinds: readonly PluginKind[],
): readonly Variant[] {
  const plugin = list.plugins[target];
  const offers = OFFERABLE_CAPABILITIES.filter((name) => plugin?.capabilities.includes(name));
  const masquerades = kinds.includes("interface") && plugin?.raw.ipMasq !== true;
  return [
    ...(masquerades
      ? [
          {
            name: "masquerade",
            list: changePlugins(list, (raw) => ({ ...raw, ipMasq: true }), target),
            clauses: MASQUERADE_CLAUSES,
            needsFirewall: true,
          },
        ]
      : []),
    ...(offers.length > 0 ? [capabilityVariant(list, offers)] : []),
  ];
}

function capabilityVariant(list: NetworkConfigList, offers: readonly Capability[]): Variant {
  return {
    name: `with ${offers.join(" and ")}`,
    list,
    clauses: CAPABILITY_CLAUSES,
    offeredCapabilities: offers,
    changes: true,
    needsFirewall: offers.includes("portMappings"),
  };
}
