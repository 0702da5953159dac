/** Mutants whose CHECK overlooks one attribute of an object, or one of the objects that no result contains. */
import { addressOf } from "../../../core/ip.ts";
import { isIpv4 } from "./address-range.ts";
import { hidingError } from "./mutant-helpers.ts";
import { PINNED } from "./pins.ts";
import { ri, ro, type Mutant } from "./mutant.ts";

export const TAMPERING: readonly Mutant[] = [
  ri(
    { number: "M420", description: "CHECK ignores the prefix length of addresses", fails: ["check.tamper.ip-prefix"] },
    (original) => ({
      checkContainer: (attached) => {
        const { container, prev } = attached;
        const addresses = container.addresses.map((address) => ({
          ...address,
          cidr: prev.ips.find((ip) => addressOf(ip.address) === addressOf(address.cidr))?.address ?? address.cidr,
        }));
        original.checkContainer({ ...attached, container: { ...container, addresses } });
      },
    }),
  ),
  ri(
    { number: "M421", description: "CHECK inspects only IPv4 addresses", fails: ["check.tamper.ip-family"] },
    (original) => ({
      checkContainer: (attached) => {
        const ips = attached.prev.ips.filter(({ address }) => isIpv4(address));
        original.checkContainer({ ...attached, prev: { ...attached.prev, ips } });
      },
    }),
  ),
  ri(
    { number: "M422", description: "CHECK ignores the scope of addresses", fails: ["check.tamper.ip-scope"] },
    hidingError(/scope of the address/),
  ),
  ri(
    { number: "M423", description: "CHECK accepts routes in any table", fails: ["check.tamper.route-table"] },
    hidingError(/in another table/),
  ),
  ri(
    {
      number: "M424",
      description: "CHECK ignores the metric of routes",
      fails: ["check.tamper.route-metric", "check.tamper.route-attributes"],
    },
    hidingError(/another metric/),
  ),
  ri(
    {
      number: "M425",
      description: "CHECK ignores the scope of routes",
      fails: ["check.tamper.route-scope", "check.tamper.route-attributes"],
    },
    hidingError(/another scope/),
  ),
  ri(
    { number: "M426", description: "CHECK ignores the MTU of routes", fails: ["check.tamper.route-attributes"] },
    hidingError(/another MTU/),
  ),
  ri(
    {
      number: "M427",
      description: "CHECK ignores the routes to the networks of the addresses",
      fails: ["check.tamper.route-unlisted"],
    },
    hidingError(/route to the network/),
  ),
  ri(
    {
      number: "M428",
      description: "CHECK ignores the MAC address of the node's end",
      fails: ["check.tamper.host-attributes"],
    },
    hidingError(/the MAC address of ri/),
  ),
  ri(
    { number: "M429", description: "CHECK ignores the MTU of the node's end", fails: ["check.tamper.host-attributes"] },
    hidingError(/the MTU of ri/),
  ),
  ri(
    {
      number: "M430",
      description: "CHECK ignores the route to the container",
      fails: ["check.tamper.host-route"],
      config: PINNED,
    },
    hidingError(/missing on the node/),
  ),
  ri(
    {
      number: "M431",
      description: "CHECK ignores neighbor entries",
      fails: ["check.tamper.neighbor"],
      config: PINNED,
    },
    hidingError(/neighbor entry/),
  ),
  ri(
    { number: "M432", description: "CHECK ignores hairpin mode", fails: ["check.tamper.port"], config: PINNED },
    hidingError(/hairpin/),
  ),
  ri(
    { number: "M433", description: "CHECK ignores kernel settings", fails: ["check.tamper.settings"], config: PINNED },
    hidingError(/kernel setting/),
  ),
  ro(
    {
      number: "M434",
      description: "CHECK ignores the burst of traffic shaping",
      fails: ["check.tamper.shaping"],
    },
    () => ({ hasBurst: () => true }),
  ),
  ro(
    {
      number: "M435",
      description: "CHECK ignores the filter that redirects traffic to the ifb",
      fails: ["check.tamper.shaping"],
    },
    () => ({ isRedirected: () => true }),
  ),
];
