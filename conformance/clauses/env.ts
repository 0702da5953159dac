/** The environment: required parameters, and valid and invalid values. */
import type { Operation } from "../../cni/index.ts";
import { demandRejected, describeCall, type ExpectedError } from "./call-output.ts";
import type { Clause } from "./clause.ts";
import { demand } from "./demand.ts";
import { demandUnchanged } from "../node/snapshot.ts";
import type { ClauseContext } from "./clause-context.ts";
import { hasLink } from "./operations.ts";

const UNSET_AND_EMPTY = [undefined, ""] as const;
const ERROR = "5-Error 4";

/** Code 4 and the names of the parameters; any error before 1.0.0, where codes for invalid input are not defined. */
function invalidParameters(context: ClauseContext, ...names: readonly string[]): ExpectedError {
  return context.atLeast("1.0.0") ? { codes: [4], mentions: names } : {};
}

function describeValue(value: string | undefined): string {
  return value === undefined ? "unset" : "empty";
}

/** Runs the operations that the version has with a parameter unset and empty. */
async function requiresParameter(
  context: ClauseContext,
  name: string,
  operations: readonly Operation[],
): Promise<void> {
  const fresh = await context.createContainer();
  const added = await context.add();
  await demandUnchanged(context, async () => {
    for (const operation of operations.filter((candidate) => candidate !== "CHECK" || context.canCheck(added))) {
      for (const value of UNSET_AND_EMPTY) {
        const call = await context.invokeTarget(operation, operation === "ADD" ? fresh : added, {
          env: { [name]: value },
        });
        demandRejected(call, `${operation} with ${name} ${describeValue(value)}`, invalidParameters(context));
      }
    }
  });
}

async function requiresCommand(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  for (const value of UNSET_AND_EMPTY) {
    const call = await context.invokeTarget("ADD", target, { env: { CNI_COMMAND: value } });
    demandRejected(call, `CNI_COMMAND ${describeValue(value)}`, invalidParameters(context, "CNI_COMMAND"));
  }
}

async function rejectsUnknownCommand(context: ClauseContext): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const value of ["FOO", "add", "ADD "]) {
      const call = await context.invokeTarget("ADD", target, { env: { CNI_COMMAND: value } });
      demandRejected(call, `CNI_COMMAND "${value}"`, invalidParameters(context, "CNI_COMMAND"));
    }
  });
}

async function namesInvalidParameters(context: ClauseContext): Promise<void> {
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
    demandRejected(call, `ADD with invalid ${names.join(" and ")}`, { mentions: names });
  }
}

const INVALID_IDS = ["-a", "_a", ".a", "a/b", "../x", "a b", "a:b", "é"];
const INVALID_NAMES = ["a/b", "a b", "a:b", ".", "..", "x".repeat(16), "a\tb"];

async function rejectsEach(
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
        demandRejected(call, `${operation} with ${name}=${JSON.stringify(value)}`, invalidParameters(context));
      }
    }
  });
}

async function acceptsIds(context: ClauseContext): Promise<void> {
  for (const id of ["a", "0", "A_b.c-d", "0123456789abcdef".repeat(4)]) {
    const target = await context.createContainer();
    const env = { CNI_CONTAINERID: id };
    // Only the plugin under test: the earlier plugins in the list ran with the original container ID.
    for (const operation of ["ADD", "DEL"] as const) {
      const call = await context.invokeTarget(operation, target, { env });
      demand(call.output.exitCode === 0, `${operation} with container ID "${id}" to succeed`, describeCall(call));
    }
  }
}

async function acceptsNames(context: ClauseContext): Promise<void> {
  for (const name of ["eth1", "net1", "x".repeat(15), "e-0.1"]) {
    const target = await context.createContainer(name);
    const { ok, last } = await context.tryAdd(target);
    demand(ok, `ADD with CNI_IFNAME=${name} to succeed`, describeCall(last));
    demand(await hasLink(target), `a link ${name} in the container`, "none");
  }
}

async function usesName(context: ClauseContext): Promise<void> {
  for (const name of ["cnib7", "fifteen-letters"]) {
    const target = await context.createContainer(name);
    const { ok, last } = await context.tryAdd(target);
    // A plugin that cannot use the name must fail.
    if (!ok) continue;
    demand(await hasLink(target), `a link ${name} in the container, or an error`, "success without the link");
    demand(
      !context.atLeast("0.3.0") || last.output.stdout.includes(`"${name}"`),
      `${name} in the result`,
      "a different name",
    );
  }
}

export const env = [
  {
    id: "env.command.missing",
    level: "MUST",
    needsAdd: false,
    goSkeleton: { got: /^exit code 0$/ },
    section: ERROR,
    sentence: "The plugin fails without CNI_COMMAND (code 4 since 1.0.0).",
    test: requiresCommand,
  },
  {
    id: "env.command.unknown",
    level: "MUST",
    needsAdd: false,
    section: ERROR,
    sentence: "The plugin rejects an unknown CNI_COMMAND (code 4 since 1.0.0) and changes nothing.",
    test: rejectsUnknownCommand,
  },
  {
    id: "env.containerid.missing",
    level: "MUST",
    since: "0.4.0",
    section: "2-Input",
    sentence: "ADD, DEL, and CHECK without CNI_CONTAINERID fail (code 4 since 1.0.0).",
    test: (context) => requiresParameter(context, "CNI_CONTAINERID", ["ADD", "DEL", "CHECK"]),
  },
  {
    id: "env.netns.missing",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    kinds: ["interface", "chained", "delegating"],
    section: "2-Input",
    sentence: "ADD and CHECK without CNI_NETNS fail with code 4.",
    test: (context) => requiresParameter(context, "CNI_NETNS", ["ADD", "CHECK"]),
  },
  {
    id: "env.ifname.missing",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    section: "2-Input",
    sentence: "ADD, DEL, and CHECK without CNI_IFNAME fail with code 4.",
    test: (context) => requiresParameter(context, "CNI_IFNAME", ["ADD", "DEL", "CHECK"]),
  },
  {
    id: "env.error.names",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    needsAdd: false,
    goSkeleton: "always",
    section: ERROR,
    sentence: "The error for invalid parameters contains the names of these parameters.",
    test: namesInvalidParameters,
  },
  {
    id: "env.containerid.chars",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    needsAdd: false,
    section: "2-Parameters",
    sentence: "ADD rejects a container ID that does not match [a-zA-Z0-9][a-zA-Z0-9_.-]*.",
    test: (context) => rejectsEach(context, "CNI_CONTAINERID", INVALID_IDS, ["ADD"]),
  },
  {
    id: "env.containerid.accept",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    section: "2-Parameters",
    sentence: "ADD and DEL accept every valid container ID.",
    test: acceptsIds,
  },
  {
    id: "env.ifname.chars",
    level: "derived",
    needsAdd: false,
    section: "2-Parameters",
    sentence: "ADD and DEL reject an interface name that Linux does not allow.",
    test: (context) => rejectsEach(context, "CNI_IFNAME", INVALID_NAMES, ["ADD", "DEL"]),
  },
  {
    id: "env.ifname.accept",
    dependsOnVersion: false,
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
    test: usesName,
  },
] as const satisfies readonly Clause[];
