/** ADD: the rest of what its result says, beside what the kernel says. */
import { run } from "../../../core/shell.ts";
import { describeCall } from "../plugin-output.ts";
import { notApplicableUnless, demand, type Clause } from "../clause.ts";
import { FAKE_RESULT, installFakeIpam } from "../fake-ipam.ts";
import { formatRoute, type Route } from "../net-state.ts";
import type { ClauseContext } from "../clause-context.ts";
import { addAndObserve, canonicalAddress, readNamespaces } from "../observed.ts";

async function listsAllLinks(context: ClauseContext): Promise<void> {
  const { added, inside, insideBefore, node, nodeBefore } = await addAndObserve(context);
  const told = (name: string, contained: boolean): boolean =>
    added.result.interfaces.some((entry) => entry.name === name && (entry.sandbox !== undefined) === contained);
  const fresh = (now: typeof inside, before: typeof inside): string[] =>
    now.links.filter(({ index }) => !before.links.some((link) => link.index === index)).map(({ name }) => name);
  const untold = [
    ...fresh(inside, insideBefore)
      .filter((name) => !told(name, true))
      .map((name) => `${name} in the container`),
    ...fresh(node, nodeBefore)
      .filter((name) => !told(name, false))
      .map((name) => `${name} on the node`),
  ];
  demand(untold.length === 0, "every link that ADD made in the result", `${untold.join(", ")} is not`);
}

async function mtusAreTrue(context: ClauseContext): Promise<void> {
  const { added, inside, node } = await addAndObserve(context);
  for (const { name, sandbox, mtu } of added.result.interfaces) {
    const link = (sandbox === undefined ? node : inside).links.find((candidate) => candidate.name === name);
    if (link !== undefined)
      demand(mtu === link.mtu, `mtu ${link.mtu} for ${name}, as the kernel has it`, String(mtu ?? "none"));
  }
}

async function optionalsAreFormed(context: ClauseContext): Promise<void> {
  for (const { name, socketPath, pciID } of (await context.add()).result.interfaces) {
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
  const { added, inside } = await addAndObserve(context);
  const told = added.result.routes.map(({ dst }) => canonicalAddress(dst));
  const untold = inside.routes.filter(
    ({ dev, protocol, dst }) => dev === added.ifName && protocol !== "kernel" && !told.includes(dst),
  );
  demand(
    untold.length === 0,
    "every route that ADD made in the result",
    `${untold.map(formatRoute).join(", ")} is not`,
  );
}

const SCOPE_NUMBERS: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254 };

async function appliesAttributes(context: ClauseContext): Promise<void> {
  const route = {
    dst: "203.0.113.0/24",
    gw: "10.250.0.1",
    mtu: 1400,
    advmss: 1300,
    priority: 77,
    table: 100,
    scope: 0,
  };
  const fakeIpam = await installFakeIpam(context, { ...FAKE_RESULT, routes: [route] });
  const added = await fakeIpam.context.add();
  const [inside] = await readNamespaces(fakeIpam.context, added);
  const there = inside.routes.find(({ dst }) => dst === route.dst);
  demand(there !== undefined, `route ${route.dst} of the IPAM plugin`, inside.routes.map(formatRoute).join(", "));
  const got = {
    mtu: there.mtu,
    advmss: there.advmss,
    priority: there.metric,
    table: Number(there.table),
    scope: SCOPE_NUMBERS[there.scope] ?? 0,
  };
  const wanted = {
    mtu: route.mtu,
    advmss: route.advmss,
    priority: route.priority,
    table: route.table,
    scope: route.scope,
  };
  demand(
    JSON.stringify(got) === JSON.stringify(wanted),
    `route ${route.dst} with ${JSON.stringify(wanted)}`,
    JSON.stringify(got),
  );
}

async function routesHaveNoMetric(context: ClauseContext): Promise<void> {
  const { added, inside } = await addAndObserve(context);
  const weighted = inside.routes.find(
    ({ dev, dst, metric }) => dev === added.ifName && !dst.includes(":") && metric !== 0,
  );
  demand(weighted === undefined, "IPv4 routes without metric", weighted === undefined ? "" : formatRoute(weighted));
}

async function routesUseInterface(context: ClauseContext): Promise<void> {
  const { added, inside } = await addAndObserve(context);
  for (const { dst } of added.result.routes) {
    const found = inside.routes.filter((route) => route.dst === canonicalAddress(dst));
    demand(
      found.some(({ dev }) => dev === added.ifName),
      `route ${dst} over ${added.ifName}`,
      found.map(formatRoute).join(", ") || "no such route",
    );
  }
}

/** A way out of the container that is not the plugin's. */
const CREATE_OTHER_DEFAULT_ROUTE =
  "ip link add other0 up type bridge; ip addr add 192.0.2.2/24 dev other0; ip route add default via 192.0.2.1";

async function sparesDefaultRoute(context: ClauseContext): Promise<void> {
  const isDefault = ({ dst, table }: Route): boolean => dst === "0.0.0.0/0" && table === "main";
  const first = await context.add();
  const [usual] = await readNamespaces(context, first);
  notApplicableUnless(usual.routes.some(isDefault), "the network gives no default route");
  await context.del(first);
  const target = await context.createContainer();
  await run(target.container.shell, ["sh", "-ec", CREATE_OTHER_DEFAULT_ROUTE]);
  const { ok, last } = await context.tryAdd(target);
  demand(ok, "ADD to succeed where there is a default route", describeCall(last));
  const [after] = await readNamespaces(context, target);
  demand(
    after.routes.some((route) => isDefault(route) && route.dev === "other0"),
    "the default route that was there still there",
    after.routes.map(formatRoute).join(", "),
  );
}

async function keepsDns(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  const { result } = await fakeIpam.context.add();
  demand(
    result.dns.nameservers?.[0] === "192.0.2.53" && result.dns.domain === "double.test",
    "the dns that the IPAM plugin returned",
    JSON.stringify(result.dns),
  );
}

const RESULT = "5-ADD";
const NOTES = "0.4.0 Notes";
const LINKS = ["interface"] as const;

export const addResultDetails = [
  {
    id: "add.result.interfaces.all",
    level: "MUST",
    earlier: { before: "1.0.0", level: "derived" },
    since: "0.3.0",
    kinds: ["interface", "chained"],
    section: RESULT,
    sentence: "The ADD result lists every link that the attachment created, including links on the node.",
    test: listsAllLinks,
  },
  {
    id: "add.result.interfaces.mtu",
    level: "SHOULD",
    since: "1.1.0",
    kinds: LINKS,
    section: RESULT,
    sentence: "The MTU of every interface in the ADD result matches the kernel.",
    test: mtusAreTrue,
  },
  {
    id: "add.result.interfaces.optional",
    level: "derived",
    since: "1.1.0",
    kinds: LINKS,
    section: RESULT,
    sentence: "socketPath and pciID, if present, are well-formed.",
    test: optionalsAreFormed,
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
    test: sparesDefaultRoute,
  },
  {
    id: "add.result.dns",
    level: "beyond",
    earlier: { before: "1.0.0", level: "SHOULD" },
    kinds: ["delegating"],
    section: "0.4.0 Result",
    sentence: "The ADD result contains the dns that the IPAM plugin returns.",
    test: keepsDns,
  },
] as const satisfies readonly Clause[];
