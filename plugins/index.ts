/** The plugins that cnibench knows, by name. Any other is measured with `--conf`. */
import { ipvlan, macvlan } from "./on-underlay.ts";
import type { Plugin } from "./plugin.ts";
import { bridge, ptp } from "./reference.ts";
import { simplecni } from "./simplecni.ts";

export const plugins = { bridge, ptp, macvlan, ipvlan, simplecni } as const satisfies Record<string, Plugin>;
