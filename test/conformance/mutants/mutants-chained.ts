/** Mutants of the chained plugin. */
import { stringifyJson } from "../../../cni/lossless-json.ts";
import { rc, type Mutant } from "./mutant.ts";
import { editJson, fail, without } from "./mutant-helpers.ts";
import { runScript } from "./script.ts";

export const CHAINED: readonly Mutant[] = [
  rc(
    {
      number: "M097",
      description: "the result is {} instead of prevResult",
      fails: ["add.prevresult.pass", "add.prevresult.modify"],
      mayAlsoFail: ["add.*", "check.*", "del.*"],
    },
    () => ({ formatResult: (_, { version }) => stringifyJson({ cniVersion: version }) }),
  ),
  rc(
    { number: "M098", description: "the result lacks the routes of prevResult", fails: ["add.prevresult.pass"] },
    (original) => ({
      formatResult: (...all) => editJson(original.formatResult(...all), (raw) => without(raw, "routes")),
    }),
  ),
  rc(
    {
      number: "M100",
      description: "the MAC address is changed, but the result has the old one",
      fails: ["add.prevresult.modify"],
      config: { mac: "02:00:00:00:01:00" },
    },
    () => ({ updatedResult: (prev) => prev }),
  ),
  rc(
    {
      number: "M101",
      description: "the result has a new MAC address, but the link has the old one",
      fails: ["add.prevresult.modify", "add.prevresult.pass"],
      config: { mac: "02:00:00:00:01:01" },
    },
    () => ({ apply: async () => undefined, compareState: () => undefined }),
  ),
  rc(
    {
      number: "M397",
      description: "ADD adds an address to the interface that the result lacks",
      fails: ["add.prevresult.modify"],
      mayAlsoFail: ["add.*", "check.*", "del.*", "leak.*"],
      config: { mtu: 1400 },
    },
    (original) => ({
      apply: async (request, changes) => {
        await original.apply(request, changes);
        await runScript(original.containerShell(request), 'ip addr add 10.9.9.9/32 dev "$1"', request.ifName);
      },
    }),
  ),
  rc(
    {
      number: "M398",
      description: "the result has an address that the container lacks",
      fails: ["add.prevresult.pass"],
      mayAlsoFail: ["add.*", "check.*"],
      config: { mtu: 1400 },
    },
    (original) => ({
      updatedResult: (prev, request, changes) => {
        const result = original.updatedResult(prev, request, changes);
        return { ...result, ips: [...result.ips, { address: "10.9.9.9/32" }] };
      },
    }),
  ),
  rc(
    {
      number: "M399",
      description: "the MTU is changed and reported, but the result lacks the routes of prevResult",
      fails: ["add.prevresult.pass"],
      mayAlsoFail: ["add.*"],
      config: { mtu: 1400 },
    },
    (original) => ({
      updatedResult: (prev, request, changes) => ({ ...original.updatedResult(prev, request, changes), routes: [] }),
    }),
  ),
  rc(
    {
      number: "M103",
      description: "ADD without prevResult succeeds with an empty result",
      fails: ["add.prevresult.missing"],
    },
    (original) => ({
      add: async (request) =>
        request.config.prevResult === undefined
          ? { cniVersion: "1.1.0", interfaces: [], ips: [], routes: [], dns: {} }
          : original.add(request),
    }),
  ),
  rc(
    { number: "M332", description: "ADD without runtimeConfig fails", fails: ["cap.none"], mayAlsoFail: ["*"] },
    (original) => ({
      add: async (request) =>
        request.config.runtimeConfig === undefined ? fail("runtimeConfig is missing", 7) : original.add(request),
    }),
  ),
  rc(
    {
      number: "M116",
      description: "DEL without prevResult leaves everything",
      fails: ["del.prevresult.absent"],
      config: { mtu: 1400 },
    },
    (original) => ({
      del: async (request) => (request.config.prevResult === undefined ? undefined : original.del(request)),
    }),
  ),
  rc(
    {
      number: "M122",
      description: "DEL does not restore MAC address and MTU",
      fails: ["del.undo"],
      config: { mac: "02:00:00:00:01:22", mtu: 1400 },
    },
    (original) => ({
      del: async (request) => {
        await runScript(request.shell, `rm -f "$1"`, original.recordFile(request));
      },
    }),
  ),
  rc(
    {
      number: "M137",
      description: "CHECK looks for IPv6 although the container has only IPv4",
      fails: ["check.after-add"],
    },
    (original) => ({
      check: async (request) => {
        await original.check(request);
        if (!JSON.stringify(request.config.prevResult).includes("::")) fail("the IPv6 rules are missing");
      },
    }),
  ),
  rc(
    {
      number: "M121",
      description: "DEL removes the chain that all attachments share",
      fails: ["del.others"],
      config: { rule: true },
      requiredTool: "iptables",
      mayAlsoFail: ["*"],
    },
    (original) => ({
      restore: async (request) => {
        await original.restore(request);
        await runScript(
          request.shell,
          "iptables -w -D FORWARD -j CNI-RC; iptables -w -F CNI-RC; iptables -w -X CNI-RC",
        );
      },
    }),
  ),
  rc(
    {
      number: "M139",
      description: "CHECK does not inspect the firewall rule",
      fails: ["check.tamper.rules"],
      config: { rule: true },
      requiredTool: "iptables",
      mayAlsoFail: ["check.heal", "check.unknown"],
    },
    () => ({ hasRule: async () => true }),
  ),
  rc(
    {
      number: "M233",
      description: "CHECK does not detect a changed sysctl",
      fails: ["check.tamper.sysctl"],
      config: { sysctl: { "net.ipv4.conf.eth0.arp_ignore": "1" } },
      mayAlsoFail: ["check.unknown", "check.tamper.netns"],
    },
    (original) => ({
      compareState: (changes, state) => original.compareState({ ...changes, sysctls: [] }, state),
    }),
  ),
];
