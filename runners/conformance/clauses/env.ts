/** The environment of an execution: what a plugin must demand of it, and what it must accept. */
import type { Operation } from "../../../cni/types.ts";
import { demandRejected, describeCall, type ExpectedError } from "../plugin-output.ts";
import { demand, type Clause } from "../clause.ts";
import { demandUnchanged } from "../snapshot.ts";
import type { ClauseContext } from "../clause-context.ts";

const UNSET_AND_EMPTY = [undefined, ""] as const;
const ERROR = "5-Error 4";

/** Codes for wrong input exist since 1.0.0: before, only the exit code counts. */
function wrongInput(context: ClauseContext, code: number, ...names: readonly string[]): ExpectedError {
  return context.atLeast("1.0.0") ? { codes: [code], mentions: names } : {};
}

/** ADD, DEL and, where it exists, CHECK, each with a variable unset and empty. */
async function demandsVariable(context: ClauseContext, name: string, operations: readonly Operation[]): Promise<void> {
  const fresh = await context.createContainer();
  const added = await context.add();
  await demandUnchanged(context, async () => {
    for (const operation of operations.filter((candidate) => candidate !== "CHECK" || context.atLeast("0.4.0"))) {
      for (const value of UNSET_AND_EMPTY) {
        const call = await context.invokeTarget(operation, operation === "ADD" ? fresh : added, {
          env: { [name]: value },
        });
        demandRejected(
          call,
          `${operation} with ${name} ${value === undefined ? "unset" : "empty"}`,
          context.atLeast("1.0.0") ? { codes: [4] } : {},
        );
      }
    }
  });
}

async function demandsCommand(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  for (const value of UNSET_AND_EMPTY) {
    const call = await context.invokeTarget("ADD", target, { env: { CNI_COMMAND: value } });
    demandRejected(
      call,
      `CNI_COMMAND ${value === undefined ? "unset" : "empty"}`,
      wrongInput(context, 4, "CNI_COMMAND"),
    );
  }
}

async function refusesUnknownCommand(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const value of ["FOO", "add", "ADD "]) {
      const call = await context.invokeTarget("ADD", target, { env: { CNI_COMMAND: value } });
      demandRejected(call, `CNI_COMMAND "${value}"`, wrongInput(context, 4, "CNI_COMMAND"));
    }
  });
}

async function namesVariables(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  const cases: Record<string, string | undefined>[] = [
    { CNI_CONTAINERID: "" },
    { CNI_CONTAINERID: "../x" },
    { CNI_IFNAME: "" },
    { CNI_IFNAME: "a/b" },
    { CNI_CONTAINERID: "", CNI_IFNAME: "" },
  ];
  for (const env of cases) {
    const names = Object.keys(env);
    const call = await context.invokeTarget("ADD", target, { env });
    demandRejected(call, `ADD with wrong ${names.join(" and ")}`, { mentions: names });
  }
}

const BAD_IDS = ["-a", "_a", ".a", "a/b", "../x", "a b", "a:b", "é"];
const BAD_NAMES = ["a/b", "a b", "a:b", ".", "..", "x".repeat(16), "a\tb"];

async function refusesEach(
  context: ClauseContext,
  name: string,
  values: readonly string[],
  operations: readonly Operation[],
): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const operation of operations) {
      for (const value of values) {
        const call = await context.invokeTarget(operation, target, { env: { [name]: value } });
        demandRejected(
          call,
          `${operation} with ${name}=${JSON.stringify(value)}`,
          context.atLeast("1.0.0") ? { codes: [4] } : {},
        );
      }
    }
  });
}

async function acceptsIds(context: ClauseContext): Promise<void> {
  for (const id of ["a", "0", "A_b.c-d", "0123456789abcdef".repeat(4)]) {
    const target = await context.createContainer();
    const env = { CNI_CONTAINERID: id };
    // Plugins before the one under test got the container's own id, which is none of their business here.
    for (const operation of ["ADD", "DEL"] as const) {
      const call = await context.invokeTarget(operation, target, { env });
      demand(call.output.exitCode === 0, `${operation} with container id "${id}" to succeed`, describeCall(call));
    }
  }
}

async function acceptsNames(context: ClauseContext): Promise<void> {
  for (const name of ["eth1", "net1", "x".repeat(15), "e-0.1"]) {
    const target = await context.createContainer(name);
    const { ok, last } = await context.tryAdd(target);
    demand(ok, `ADD with CNI_IFNAME=${name} to succeed`, describeCall(last));
    const there = (await target.container.shell.exec(["ip", "link", "show", "dev", name])).exitCode === 0;
    demand(there, `a link ${name} in the container`, "none");
  }
}

async function honorsName(context: ClauseContext): Promise<void> {
  for (const name of ["cnib7", "fifteen-letters"]) {
    const target = await context.createContainer(name);
    const { ok, last } = await context.tryAdd(target);
    // It may be unable to use the name, but then it must say so.
    if (!ok) continue;
    const there = (await target.container.shell.exec(["ip", "link", "show", "dev", name])).exitCode === 0;
    demand(there, `a link ${name} in the container, or an error`, "success without it");
    demand(
      !context.atLeast("0.3.0") || last.output.stdout.includes(`"${name}"`),
      `${name} in the result`,
      "another name",
    );
  }
}

export const env = [
  {
    id: "env.command.missing",
    level: "MUST",
    section: ERROR,
    sentence: "The plugin fails without CNI_COMMAND (code 4 since 1.0.0).",
    test: demandsCommand,
  },
  {
    id: "env.command.unknown",
    level: "MUST",
    section: ERROR,
    sentence: "The plugin rejects an unknown CNI_COMMAND (code 4 since 1.0.0) and changes nothing.",
    test: refusesUnknownCommand,
  },
  {
    id: "env.containerid.missing",
    level: "MUST",
    since: "0.4.0",
    section: "2-Input",
    sentence: "ADD, DEL, and CHECK without CNI_CONTAINERID fail (code 4 since 1.0.0).",
    test: (context) => demandsVariable(context, "CNI_CONTAINERID", ["ADD", "DEL", "CHECK"]),
  },
  {
    id: "env.netns.missing",
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "chained", "delegating"],
    section: "2-Input",
    sentence: "ADD and CHECK without CNI_NETNS fail with code 4.",
    test: (context) => demandsVariable(context, "CNI_NETNS", ["ADD", "CHECK"]),
  },
  {
    id: "env.ifname.missing",
    level: "MUST",
    since: "1.0.0",
    section: "2-Input",
    sentence: "ADD, DEL, and CHECK without CNI_IFNAME fail with code 4.",
    test: (context) => demandsVariable(context, "CNI_IFNAME", ["ADD", "DEL", "CHECK"]),
  },
  {
    id: "env.error.names",
    level: "MUST",
    since: "1.0.0",
    section: ERROR,
    sentence: "The error for invalid parameters contains the names of these parameters.",
    test: namesVariables,
  },
  {
    id: "env.containerid.chars",
    level: "MUST",
    since: "1.0.0",
    section: "2-Parameters",
    sentence: "ADD rejects a container ID that does not match [a-zA-Z0-9][a-zA-Z0-9_.-]*.",
    test: (context) => refusesEach(context, "CNI_CONTAINERID", BAD_IDS, ["ADD"]),
  },
  {
    id: "env.containerid.accept",
    level: "MUST",
    since: "1.0.0",
    section: "2-Parameters",
    sentence: "ADD and DEL accept every valid container ID.",
    test: acceptsIds,
  },
  {
    id: "env.ifname.chars",
    level: "derived",
    section: "2-Parameters",
    sentence: "ADD and DEL reject an interface name that Linux does not allow.",
    test: (context) => refusesEach(context, "CNI_IFNAME", BAD_NAMES, ["ADD", "DEL"]),
  },
  {
    id: "env.ifname.accept",
    level: "derived",
    kinds: ["interface"],
    section: "2-Parameters",
    sentence: "ADD creates an interface with any name that Linux allows.",
    test: acceptsNames,
  },
  {
    id: "env.ifname.honoured",
    level: "MUST",
    earlier: { before: "0.3.0", level: "derived" },
    kinds: ["interface"],
    section: "2-Parameters",
    sentence: "ADD uses CNI_IFNAME as the interface name, or fails.",
    test: honorsName,
  },
] as const satisfies readonly Clause[];
