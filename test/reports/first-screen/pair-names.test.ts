import { expect, it } from "vitest";
import { pairNames } from "../../../reports/first-screen/pair-names.ts";
import { plain } from "../../../reports/first-screen/phrase.ts";

const PLUGINS = ["ptp", "bridge", "macvlan", "ipvlan", "cilium"];
const pairs = (...names: string[]) =>
  names.map((each) => ({ a: each.split(" ")[0] ?? "", b: each.split(" ")[1] ?? "" }));

it.each([
  ["a pair", pairs("bridge ptp"), "ptp and bridge", "ptp 和 bridge"],
  [
    "all pairs",
    pairs("macvlan ptp", "bridge ptp", "bridge macvlan"),
    "ptp, bridge and macvlan",
    "ptp、bridge 和 macvlan",
  ],
  [
    "pairs of one plugin",
    pairs("macvlan ptp", "bridge macvlan"),
    "macvlan against ptp and bridge",
    "macvlan 分别与 ptp 和 bridge",
  ],
  [
    "other pairs",
    pairs("ipvlan ptp", "bridge macvlan"),
    "ptp and ipvlan, bridge and macvlan",
    "ptp 和 ipvlan、bridge 和 macvlan",
  ],
])("names %s in plan order", (_, list, en, zh) => {
  const names = pairNames(list, PLUGINS);
  expect([plain(names.en), plain(names.zh)]).toEqual([en, zh]);
});

it("states the number of others of a long list", () => {
  const all = PLUGINS.flatMap((a, index) => PLUGINS.slice(index + 1).map((b) => ({ a, b })));
  expect(plain(pairNames(all, PLUGINS, 4).en)).toBe("ptp, bridge, macvlan and 2 others");
  expect(plain(pairNames(all, PLUGINS, 4).zh)).toBe("ptp、bridge、macvlan等 5 个");
  expect(plain(pairNames(all.slice(1), PLUGINS, 1).en)).toBe("ptp and macvlan, 8 more pairs");
});
