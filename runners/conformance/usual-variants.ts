/**
 * Other configurations that a plugin is tested in without being asked: what it may be able to do besides the given one.
 * A plugin that can do nothing of the kind makes nothing in them, and their clauses say that they do not concern it.
 */
import type { NetworkConfigList } from "../../cni/types.ts";
import type { Kind } from "./clause.ts";
import { OFFERED, type Offer } from "./offers.ts";
import type { Variant } from "./profile.ts";
import { changed } from "./variants.ts";

/** Clauses about what an attachment has on the node besides its link. */
const HOST_SIDE = [
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
const AT_WORK = [
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
export function usualVariants(list: NetworkConfigList, target: number, kinds: readonly Kind[]): readonly Variant[] {
  const plugin = list.plugins[target];
  const offers = OFFERED.filter((name) => plugin?.capabilities.includes(name));
  const masquerades = kinds.includes("interface") && plugin?.raw.ipMasq !== true;
  return [
    ...(masquerades
      ? [{ name: "masquerade", list: changed(list, (raw) => ({ ...raw, ipMasq: true }), target), clauses: HOST_SIDE }]
      : []),
    ...(offers.length > 0 ? [atWork(list, offers)] : []),
  ];
}

function atWork(list: NetworkConfigList, offers: readonly Offer[]): Variant {
  return { name: `with ${offers.join(" and ")}`, list, clauses: AT_WORK, offers, changes: true };
}
