/** ADD: the completeness of the result, route attributes, and the dns of the IPAM plugin. */
import { canonicalAddress } from "../../core/ip.ts";
import { run } from "../../core/shell.ts";
import { describeCall } from "./call-output.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand } from "./demand.ts";
import { FAKE_RESULT, installFakeIpam } from "./fake-ipam.ts";
import { formatRoute, type NetState, type Route } from "../node/net-state.ts";
import type { ClauseContext } from "./clause-context.ts";
import { observeAddOnce, readNamespaces } from "../node/observed.ts";

async function listsAllLinks(context: ClauseContext): Promise<void> {
  const { added, inside, insideBefore, node, nodeBefore } = await observeAddOnce(context);
  const isListed = (name: string, inContainer: boolean): boolean =>
    added.result.interfaces.some((entry) => entry.name === name && (entry.sandbox !== undefined) === inContainer);
  const newLinks = (now: NetState, before: NetState): string[] =>
    now.links.filter(({ index }) => !before.links.some((link) => link.index === index)).map(({ name }) => name);
  const unlisted = [
    ...newLinks(inside, insideBefore)
      .filter((name) => !isListed(name, true))
      .map((name) => `${name} in the container`),
    ...newLinks(node, nodeBefore)
      .filter((name) => !isListed(name, false))
      .map((name) => `${name} on the node`),
  ];
  demand(unlisted.length === 0, "every link that ADD created in the result", `${unlisted.join(", ")} missing`);
}

async function mtusMatch(context: ClauseContext): Promise<void> {
  const { added, inside, node } = await observeAddOnce(context);
  for (const { name, sandbox, mtu } of added.result.interfaces) {
    const link = (sandbox === undefined ? node : inside).links.find((candidate) => candidate.name === name);
    if (link !== undefined)
      demand(mtu === link.mtu, `MTU ${link.mtu} for ${name}, as in the kernel`, String(mtu ?? "none"));
  }
}

async function optionalKeysAreValid(context: ClauseContext): Promise<void> {
  for (const { name, socketPath, pciID } of (await observeAddOnce(context)).added.result.interfaces) {
    demand(
      socketPath === undefined || socketPath.startsWith("/"),
      `an absolute socketPath for ${name}`,
      socketPath ?? "",
    );
    demand(
      pciID === undefined || /^([0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/i.test(pciID),
      `a pciID such as 0000:00:1f.6 for ${name}`,
      pciID ?? "",
    );
  }
}

async function listsAllRoutes(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  const listed = added.result.routes.map(({ dst }) => canonicalAddress(dst));
  const unlisted = inside.routes.filter(
    ({ dev, protocol, dst }) => dev === added.ifName && protocol !== "kernel" && !listed.includes(dst),
  );
  demand(
    unlisted.length === 0,
    "every route that ADD created in the result",
    `${unlisted.map(formatRoute).join(", ")} missing`,
  );
}

const SCOPE_NUMBERS: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254 };

async function appliesAttributes(context: ClauseContext): Promise<void> {
  const dst = "203.0.113.0/24";
  const attributes = { mtu: 1400, advmss: 1300, priority: 77, table: 100, scope: 0 };
  const fakeIpam = await installFakeIpam(context, {
    ...FAKE_RESULT,
    routes: [{ dst, gw: "10.250.0.1", ...attributes }],
  });
  const added = await fakeIpam.context.add();
  const [inside] = await readNamespaces(fakeIpam.context, added);
  const route = inside.routes.find((candidate) => candidate.dst === dst);
  demand(route !== undefined, `route ${dst} of the IPAM plugin`, inside.routes.map(formatRoute).join(", "));
  const got: typeof attributes = {
    mtu: route.mtu,
    advmss: route.advmss,
    priority: route.metric,
    table: Number(route.table),
    scope: SCOPE_NUMBERS[route.scope] ?? 0,
  };
  const expected = JSON.stringify(attributes);
  demand(JSON.stringify(got) === expected, `route ${dst} with ${expected}`, JSON.stringify(got));
}

async function routesHaveNoMetric(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  const withMetric = inside.routes.find(
    ({ dev, dst, metric }) => dev === added.ifName && !dst.includes(":") && metric !== 0,
  );
  demand(
    withMetric === undefined,
    "IPv4 routes without a metric",
    withMetric === undefined ? "" : formatRoute(withMetric),
  );
}

async function routesUseInterface(context: ClauseContext): Promise<void> {
  const { added, inside } = await observeAddOnce(context);
  for (const { dst } of added.result.routes) {
    const found = inside.routes.filter((route) => route.dst === canonicalAddress(dst));
    demand(
      found.some(({ dev }) => dev === added.ifName),
      `route ${dst} on ${added.ifName}`,
      found.map(formatRoute).join(", ") || "no such route",
    );
  }
}

/** Creates a default route that does not belong to the plugin. */
const CREATE_OTHER_DEFAULT_ROUTE = `ip link add other0 up type bridge
ip addr add 192.0.2.2/24 dev other0
ip route add default via 192.0.2.1`;

async function preservesDefaultRoute(context: ClauseContext): Promise<void> {
  const isDefault = ({ dst, table }: Route): boolean => dst === "0.0.0.0/0" && table === "main";
  const first = await context.add();
  const [usual] = await readNamespaces(context, first);
  notApplicableUnless(usual.routes.some(isDefault), "the network has no default route");
  await context.del(first);
  const target = await context.createContainer();
  await run(target.container.shell, ["sh", "-ec", CREATE_OTHER_DEFAULT_ROUTE]);
  const { ok, last } = await context.tryAdd(target);
  demand(ok, "ADD to succeed when the container has a default route", describeCall(last));
  const [after] = await readNamespaces(context, target);
  demand(
    after.routes.some((route) => isDefault(route) && route.dev === "other0"),
    "the existing default route preserved",
    after.routes.map(formatRoute).join(", "),
  );
}

async function returnsIpamDns(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const { result } = await fakeIpam.context.add();
  demand(
    result.dns.nameservers?.[0] === "192.0.2.53" && result.dns.domain === "fake-ipam.test",
    "the dns of the IPAM plugin in the result",
    JSON.stringify(result.dns),
  );
}

const RESULT = "5-ADD";
const NOTES = "0.4.0 Notes";
const LINKS = ["interface"] as const;

export const addResultDetails = withSharedFacts({ chain: "whole" }, [
  {
    id: "add.result.interfaces.all",
    level: "MUST",
    earlier: { before: "1.0.0", level: "derived" },
    since: "0.3.0",
    kinds: ["interface", "chained"],
    needsChanges: true,
    section: RESULT,
    sentence: "The ADD result lists every link that the attachment created, including links on the node.",
    test: listsAllLinks,
  },
  {
    id: "add.result.interfaces.mtu",
    level: "SHOULD",
    since: "1.1.0",
    kinds: LINKS,
    needsChanges: true,
    section: RESULT,
    sentence: "The MTU of every interface in the ADD result matches the kernel.",
    test: mtusMatch,
  },
  {
    id: "add.result.interfaces.optional",
    level: "derived",
    since: "1.1.0",
    kinds: LINKS,
    needsChanges: true,
    section: RESULT,
    sentence: "socketPath and pciID, if present, are well-formed.",
    test: optionalKeysAreValid,
  },
  {
    id: "add.result.routes.complete",
    level: "beyond",
    kinds: LINKS,
    section: "-",
    sentence: "The ADD result contains every route that ADD created.",
    test: listsAllRoutes,
  },
  {
    id: "add.result.routes.attrs",
    level: "derived",
    since: "1.1.0",
    kinds: ["delegating"],
    section: RESULT,
    sentence: "ADD applies the attributes of the routes that the IPAM plugin returns.",
    test: appliesAttributes,
  },
  {
    id: "add.result.routes.metric",
    level: "SHOULD",
    until: "0.4.0",
    kinds: LINKS,
    section: NOTES,
    sentence: "IPv4 routes have no metric.",
    test: routesHaveNoMetric,
  },
  {
    id: "add.result.routes.relevant",
    level: "MUST",
    since: "0.4.0",
    until: "0.4.0",
    kinds: ["interface", "chained"],
    section: "0.4.0 Routes",
    sentence: "Every route in the ADD result uses CNI_IFNAME.",
    test: routesUseInterface,
  },
  {
    id: "add.result.routes.skipdefault",
    level: "SHOULD",
    until: "0.4.0",
    kinds: LINKS,
    section: NOTES,
    sentence: "ADD preserves an existing default route of the container.",
    test: preservesDefaultRoute,
  },
  {
    id: "add.result.dns",
    level: "beyond",
    earlier: { before: "1.0.0", level: "SHOULD" },
    kinds: ["delegating"],
    section: "0.4.0 Result",
    sentence: "The ADD result contains the dns that the IPAM plugin returns.",
    test: returnsIpamDns,
  },
]);
