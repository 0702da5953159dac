/** Standard input: configurations that must be refused, and what must be accepted in one. */
import type { JsonObject } from "../../../cni/json.ts";
import { SPEC_VERSIONS } from "../../../cni/version.ts";
import { succeeded } from "../../../core/shell.ts";
import { demandRejected, reportedError, parseObject, describeCall, type ExpectedError } from "../plugin-output.ts";
import { notApplicableUnless, demand, skipUnless, type Clause } from "../clause.ts";
import { installFakeIpam } from "../fake-ipam.ts";
import { demandNoLease } from "../leases.ts";
import { demandUnchanged } from "../snapshot.ts";
import type { AddedAttachment, Overrides, ClauseContext } from "../clause-context.ts";
import { withPool } from "../network-variants.ts";
import { demandNoCrash } from "./exit.ts";

/** Codes for wrong input exist since 1.0.0. */
function since100(context: ClauseContext, ...codes: readonly number[]): ExpectedError {
  return context.atLeast("1.0.0") ? { codes } : {};
}

async function refusesInputs(
  context: ClauseContext,
  inputs: readonly string[],
  ...codes: readonly number[]
): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const stdin of inputs) {
      demandRejected(
        await context.invokeTarget("ADD", target, { stdin }),
        `the input ${JSON.stringify(stdin.slice(0, 40))}`,
        since100(context, ...codes),
      );
    }
  });
}

/** A good request, cut in the middle. */
async function malformed(context: ClauseContext): Promise<void> {
  const utf16 = [...`{"cniVersion":"${context.version}"}`].join("\u0000");
  // An execution carries text, so NUL stands for UTF-16 where it can be carried: in the input.
  await refusesInputs(
    context,
    [
      "{",
      "{}x",
      `{"cniVersion":"${context.version}","name":`,
      `\ufeff{"cniVersion":"${context.version}","name":"a","type":"a"}`,
      utf16,
    ],
    6,
  );
}

async function refusesName(context: ClauseContext, names: readonly (string | undefined)[]): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const name of names) {
      const request = (good: JsonObject): JsonObject =>
        Object.fromEntries(
          Object.entries({ ...good, name: name ?? null }).filter(([key]) => key !== "name" || name !== undefined),
        );
      demandRejected(
        await context.invokeTarget("ADD", target, { request }),
        `the network name ${JSON.stringify(name ?? null)}`,
        since100(context, 7),
      );
    }
  });
}

async function acceptsNames(context: ClauseContext): Promise<void> {
  for (const name of ["a", "0", "A_b.c-d"])
    await works(context, `the network name "${name}"`, { request: (request) => ({ ...request, name }) });
}

/** ADD and DEL with a change that must not matter. */
async function works(context: ClauseContext, what: string, changes: Overrides): Promise<void> {
  const target = await context.createContainer();
  const added = await context.invokeTarget("ADD", target, changes);
  demand(succeeded(added.output), `ADD with ${what} to succeed`, describeCall(added));
  const deleted = await context.invokeTarget("DEL", { ...target, raw: parseObject(added.output.stdout) }, changes);
  demand(succeeded(deleted.output), `DEL with ${what} to succeed`, describeCall(deleted));
}

async function refusesVersions(context: ClauseContext): Promise<void> {
  const answer = await context.execute(
    context.underTest.target,
    { CNI_COMMAND: "VERSION" },
    `{"cniVersion":"${context.version}"}`,
  );
  const listed = parseObject(answer.output.stdout)?.supportedVersions;
  const unlisted = Array.isArray(listed) ? SPEC_VERSIONS.filter((version) => !listed.includes(version)) : [];
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const version of ["9.9.9", ...unlisted]) {
      for (const operation of ["ADD", "DEL", "CHECK", "GC", "STATUS"] as const) {
        if (
          (operation === "CHECK" && !context.atLeast("0.4.0")) ||
          ((operation === "GC" || operation === "STATUS") && !context.atLeast("1.1.0"))
        )
          continue;
        const of = operation === "GC" || operation === "STATUS" ? null : target;
        const call = await context.invokeTarget(operation, of, {
          request: (request) => ({ ...request, cniVersion: version }),
        });
        demandRejected(call, `${operation} with cniVersion ${version}`, { codes: [1] });
      }
    }
  });
}

async function toleratesUnknown(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => ({ ...request, cnibenchUnknown: { k: [1] } }),
  });
  if (succeeded(call.output)) return;
  const error = reportedError(call);
  demand(
    error?.code === 2 && `${error.msg} ${error.details}`.includes("cnibenchUnknown"),
    "success, or code 2 with the key in the message, for an unknown key",
    describeCall(call),
  );
}

/** What no address plan can be made of. */
const INVALID_RANGES = ["192.168.0.0/31", "banana"];

function invalidConfigs(context: ClauseContext): readonly ClauseContext[] {
  const lists = INVALID_RANGES.map((range) => withPool(context.underTest.list, range));
  return lists.flatMap((list) => (list === null ? [] : [context.withNetwork(list)]));
}

async function invalidGetsCode(context: ClauseContext): Promise<void> {
  const invalid = invalidConfigs(context);
  notApplicableUnless(invalid.length > 0, "no key of the configuration is known that could be wrong");
  for (const wrong of invalid) {
    const call = await wrong.invokeTarget("ADD", await wrong.createContainer());
    demandRejected(call, "an invalid configuration");
    const code = reportedError(call)?.code ?? null;
    demand(
      code !== null && (code === 7 || code >= 100),
      "code 7, or one of the plugin's own from 100 on",
      describeCall(call),
    );
  }
}

async function invalidIsClean(context: ClauseContext): Promise<void> {
  const invalid = invalidConfigs(context);
  notApplicableUnless(invalid.length > 0, "no key of the configuration is known that could be wrong");
  for (const wrong of invalid) {
    const target = await wrong.createContainer();
    await demandUnchanged(wrong, async () =>
      demandRejected(await wrong.invokeTarget("ADD", target), "an invalid configuration"),
    );
  }
}

/** Well-known keys of args.cni, each without the key of the configuration that it changes. */
const WELL_KNOWN_ARGS: JsonObject = {
  ...{
    ips: ["192.0.2.9/24"],
    mac: "02:11:22:33:44:55",
    sysctl: { "net.core.somaxconn": "500" },
    mtu: 1400,
    promisc: true,
    allmulti: true,
  },
  ...{
    txQLen: 500,
    labels: [{ key: "a", value: "b" }],
    aliases: ["a"],
    portMappings: [{ hostPort: 8080, containerPort: 80 }],
    ipRanges: [[{ subnet: "192.0.2.0/24" }]],
  },
};

async function survivesArgs(context: ClauseContext): Promise<void> {
  for (const [key, value] of Object.entries(WELL_KNOWN_ARGS)) {
    const call = await context.invokeTarget("ADD", await context.createContainer(), {
      request: (request) => ({ ...request, args: { cni: { [key]: value } } }),
    });
    demandNoCrash({ what: `ADD with args.cni.${key}`, call });
  }
}

async function acceptsLarge(context: ClauseContext): Promise<void> {
  const cnibenchLarge = "x".repeat(1024 * 1024);
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => ({ ...request, cnibenchLarge }),
  });
  demand(succeeded(call.output), "ADD with a configuration of 1 MiB to succeed", describeCall(call));
}

async function delTolerates(context: ClauseContext): Promise<void> {
  if (context.underTest.kinds.includes("delegating")) {
    // What its IPAM plugin tolerates is no matter of this one.
    const fakeIpam = await installFakeIpam(context);
    return tolerated(fakeIpam.context, await fakeIpam.context.add());
  }
  await tolerated(context, await context.add());
}

async function tolerated(context: ClauseContext, added: AddedAttachment): Promise<void> {
  const bare = (request: JsonObject): JsonObject => {
    const ipam = request.ipam as JsonObject | undefined;
    const kept = Object.entries(request).filter(([key]) => !["dns", "runtimeConfig", "args"].includes(key));
    return {
      ...Object.fromEntries(kept),
      ...(ipam && {
        ipam: Object.fromEntries(
          Object.entries(ipam).filter(([key]) => !["routes", "subnet", "ranges", "gateway", "dns"].includes(key)),
        ),
      }),
    };
  };
  const call = await context.invokeTarget("DEL", added, { request: bare });
  demand(
    succeeded(call.output),
    "DEL with the optional parts of the configuration missing to succeed",
    describeCall(call),
  );
  await demandNoLease(context, added);
}

async function versionType(context: ClauseContext): Promise<void> {
  demandRejected(
    await context.invokeTarget("ADD", await context.createContainer(), {
      request: (request) => ({ ...request, cniVersion: 1 }),
    }),
    "a number as cniVersion",
    { codes: [1, 6, 7] },
  );
}

async function versionMissing(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.kinds.includes("chained"), "prevResult has a version, which says the same");
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => Object.fromEntries(Object.entries(request).filter(([key]) => key !== "cniVersion")),
  });
  const printed = parseObject(call.output.stdout);
  const old =
    succeeded(call.output) &&
    (printed?.cniVersion === "0.1.0" || printed?.cniVersion === undefined) &&
    (printed?.ip4 ?? printed?.ip6) !== undefined;
  demand(
    old || reportedError(call)?.code === 1,
    "a result of version 0.1.0, or code 1, when there is no cniVersion",
    describeCall(call),
  );
}

async function returnsDns(context: ClauseContext): Promise<void> {
  const dns = { nameservers: ["192.0.2.53"], domain: "example.test", search: ["a.example.test"], options: ["ndots:2"] };
  const target = await context.createContainer();
  const { ok, raw, last } = await context.tryAdd(target, { request: (request) => ({ ...request, dns }) });
  demand(ok, "ADD with dns in the configuration to succeed", describeCall(last));
  demand(
    JSON.stringify(raw?.dns, Object.keys(dns).sort()) === JSON.stringify(dns, Object.keys(dns).sort()),
    "dns of the configuration in the result",
    JSON.stringify(raw?.dns ?? null),
  );
}

/** Some languages open /dev/null where there is no standard input, so that a program finds it empty. */
const UNREADABLE_INPUTS = [
  { what: "a closed standard input", script: `exec "$0" <&-`, codes: [5, 6] },
  { what: "a directory as standard input", script: `exec "$0" </tmp`, codes: [5] },
];

async function refusesUnreadable(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const good = await context.invokeTarget("VERSION", null);
  skipUnless(succeeded(good.output), "VERSION does not work");
  for (const { what, script, codes } of UNREADABLE_INPUTS) {
    const output = await context.testNode.shell.exec(["sh", "-c", script, good.path], {
      env: {
        ...good.env,
        CNI_COMMAND: "ADD",
        CNI_CONTAINERID: target.container.id,
        CNI_NETNS: target.container.netns,
        CNI_IFNAME: target.ifName,
      },
      timeout: context.underTest.operationLimit,
    });
    demandRejected({ ...good, command: "ADD", output }, what, { codes });
  }
}

const ERROR6 = "5-Error 6";

export const config = [
  {
    id: "cfg.json.malformed",
    level: "MUST",
    section: ERROR6,
    sentence: "The plugin rejects input that is not valid JSON (code 6 since 1.0.0).",
    test: malformed,
  },
  {
    id: "cfg.json.empty",
    level: "MUST",
    section: "5-Error 5",
    sentence: "The plugin rejects empty input (code 5 or 6 since 1.0.0).",
    test: (context) => refusesInputs(context, [""], 5, 6),
  },
  {
    id: "cfg.json.notobject",
    level: "MUST",
    section: ERROR6,
    sentence: "The plugin rejects input that is not a JSON object (code 6 or 7 since 1.0.0).",
    test: (context) => refusesInputs(context, ["[]", `"s"`, "1", "null"], 6, 7),
  },
  {
    id: "cfg.stdin.unreadable",
    level: "SHOULD",
    since: "1.0.0",
    section: "5-Error 5",
    sentence: "The plugin rejects unreadable input with code 5.",
    test: refusesUnreadable,
  },
  {
    id: "cfg.name.missing",
    level: "MUST",
    section: "5-Error 7",
    sentence: "The plugin rejects a network configuration without a name (code 7 since 1.0.0).",
    test: (context) => refusesName(context, [undefined, ""]),
  },
  {
    id: "cfg.name.chars",
    level: "MUST",
    since: "1.0.0",
    section: "1-name",
    sentence: "The plugin rejects a network name with invalid characters (code 7).",
    test: (context) => refusesName(context, ["-x", "a/b", "../a", "a b", ".x"]),
  },
  {
    id: "cfg.name.accept",
    level: "MUST",
    since: "1.0.0",
    section: "1-name",
    sentence: "The plugin accepts every valid network name.",
    test: acceptsNames,
  },
  {
    id: "cfg.version.unsupported",
    level: "MUST",
    earlier: { before: "1.0.0", level: "SHOULD" },
    section: "5-Error 1",
    sentence: "Every operation fails with code 1 for a cniVersion that VERSION does not list.",
    test: refusesVersions,
  },
  {
    id: "cfg.version.type",
    level: "beyond",
    section: ERROR6,
    sentence: "The plugin rejects a cniVersion that is not a string.",
    test: versionType,
  },
  {
    id: "cfg.version.missing",
    level: "beyond",
    section: "libcni",
    sentence: "The plugin treats a missing cniVersion as 0.1.0.",
    test: versionMissing,
  },
  {
    id: "cfg.unknown.tolerated",
    level: "MUST",
    since: "0.2.0",
    section: "5-Error 2",
    sentence: "The plugin ignores an unknown key, or fails with code 2 and names the key.",
    test: toleratesUnknown,
  },
  {
    id: "cfg.unknown.cnidev",
    level: "beyond",
    since: "1.0.0",
    section: "1-reserved keys",
    sentence: "The plugin ignores an unknown key that begins with cni.dev/.",
    test: (context) =>
      works(context, "an unknown key cni.dev/zzz", { request: (request) => ({ ...request, "cni.dev/zzz": 1 }) }),
  },
  {
    id: "cfg.args.ignored",
    level: "SHOULD",
    since: "0.2.0",
    section: "0.4.0 Network Configuration",
    sentence: "The plugin ignores args that it does not understand.",
    test: (context) =>
      works(context, "unknown args", {
        request: (request) => ({ ...request, args: { labels: { a: "b" }, cni: { labels: [] } } }),
      }),
  },
  {
    id: "cfg.capabilities.leftover",
    level: "beyond",
    since: "0.3.0",
    section: "3-Deriving",
    sentence: "The plugin ignores capabilities that a container runtime left in the request.",
    test: (context) =>
      works(context, "capabilities left in it", {
        request: (request) => ({ ...request, capabilities: { cnibench: true } }),
      }),
  },
  {
    id: "cfg.runtimeconfig.unknown",
    level: "beyond",
    since: "0.3.0",
    section: "3-Deriving",
    sentence: "The plugin ignores an unknown key of runtimeConfig.",
    test: (context) =>
      works(context, "an unknown key of runtimeConfig", {
        request: (request) => ({ ...request, runtimeConfig: { cnibench: 1 } }),
      }),
  },
  {
    id: "cfg.invalid.code",
    level: "SHOULD",
    since: "1.0.0",
    kinds: ["ipam", "delegating"],
    section: "5-Error 7",
    sentence: "The plugin rejects an invalid network configuration with code 7 or a plugin-specific code.",
    test: invalidGetsCode,
  },
  {
    id: "cfg.invalid.clean",
    level: "derived",
    kinds: ["ipam", "delegating"],
    section: "5-Error 7",
    sentence: "The plugin rejects an invalid network configuration before it changes anything.",
    test: invalidIsClean,
  },
  {
    id: "cfg.args.noncrash",
    level: "beyond",
    since: "0.2.0",
    section: "Conventions",
    sentence: "ADD does not crash on any well-known key of args.cni.",
    test: survivesArgs,
  },
  {
    id: "cfg.large",
    level: "beyond",
    section: "-",
    sentence: "ADD succeeds with a network configuration of 1 MiB.",
    test: acceptsLarge,
  },
  {
    id: "cfg.del.tolerant",
    level: "SHOULD",
    since: "0.4.0",
    section: "2-DEL",
    sentence: "DEL succeeds when optional parts of the network configuration are missing.",
    test: delTolerates,
  },
  {
    id: "cfg.dns.semantics",
    level: "SHOULD",
    since: "1.0.0",
    kinds: ["interface"],
    section: "1-dns",
    sentence: "The ADD result contains the dns of the network configuration.",
    test: returnsDns,
  },
] as const satisfies readonly Clause[];
