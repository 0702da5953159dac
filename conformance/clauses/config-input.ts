/** Standard input: malformed and unreadable input, network names, and cniVersion. */
import { type JsonObject, type Operation, SPEC_VERSIONS } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { notApplicableUnless, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { demandRejected, describeCall, parseObject, reportedError, type ExpectedError } from "./call-output.ts";
import { demandUnchanged } from "../node/snapshot.ts";
import { demandAccepted, withoutKeys } from "./operations.ts";

/** One of these codes; any code before 1.0.0, where codes for invalid input are not defined. */
function codesSince100(context: ClauseContext, ...codes: readonly number[]): ExpectedError {
  return context.atLeast("1.0.0") ? { codes } : {};
}

async function rejectsInputs(
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
        codesSince100(context, ...codes),
      );
    }
  });
}

async function rejectsMalformed(context: ClauseContext): Promise<void> {
  const request = `{"cniVersion":"${context.version}","name":"a","type":"a"}`;
  const truncated = `{"cniVersion":"${context.version}","name":`;
  // Inputs with a byte order mark are omitted, because a parser may ignore it (RFC 8259, section 8.1).
  await rejectsInputs(context, ["{", "{}x", `${request}}`, truncated], 6);
  // Input is a string, so NUL characters imitate UTF-16. Shells drop them, and find a configuration without a name.
  const utf16 = [...`{"cniVersion":"${context.version}"}`].join("\u0000");
  await rejectsInputs(context, [utf16], 6, 7);
}

/** Some languages open /dev/null in place of a closed standard input, so the plugin finds it empty. */
const UNREADABLE_INPUTS = [
  { description: "a closed standard input", script: `exec "$0" <&-`, codes: [5, 6] },
  { description: "a directory as standard input", script: `exec "$0" </tmp`, codes: [5] },
];

async function rejectsUnreadable(context: ClauseContext): Promise<void> {
  const { container, ifName } = await context.createContainer();
  const version = await context.invokeTarget("VERSION", null);
  skipUnless(succeeded(version.output), "VERSION fails");
  const parameters = {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: container.id,
    CNI_NETNS: container.netns,
    CNI_IFNAME: ifName,
  };
  for (const { description, script, codes } of UNREADABLE_INPUTS) {
    const output = await context.testNode.shell.exec(["sh", "-c", script, version.path], {
      env: { ...version.env, ...parameters },
      timeout: context.underTest.operationLimit,
    });
    demandRejected({ ...version, command: "ADD", output }, description, { codes });
  }
}

async function rejectsNames(context: ClauseContext, names: readonly (string | undefined)[]): Promise<void> {
  const target = await context.createContainer();
  await demandUnchanged(context, async () => {
    for (const name of names) {
      const request = (original: JsonObject): JsonObject =>
        name === undefined ? withoutKeys(original, ["name"]) : { ...original, name };
      demandRejected(
        await context.invokeTarget("ADD", target, { request }),
        `the network name ${JSON.stringify(name ?? null)}`,
        codesSince100(context, 7),
      );
    }
  });
}

async function acceptsNames(context: ClauseContext): Promise<void> {
  for (const name of ["a", "0", "A_b.c-d"])
    await demandAccepted(context, `the network name "${name}"`, { request: (request) => ({ ...request, name }) });
}

async function rejectsVersions(context: ClauseContext): Promise<void> {
  const unlisted = await unlistedVersions(context);
  const target = await context.createContainer();
  const ofAttachment: readonly Operation[] = ["ADD", "DEL", "CHECK"];
  const operations = [
    ...ofAttachment.filter((operation) => operation !== "CHECK" || context.atLeast("0.4.0")),
    ...(context.atLeast("1.1.0") ? (["GC", "STATUS"] as const) : []),
  ];
  await demandUnchanged(context, async () => {
    for (const cniVersion of ["9.9.9", ...unlisted]) {
      for (const operation of operations) {
        const attachment = ofAttachment.includes(operation) ? target : null;
        const call = await context.invokeTarget(operation, attachment, {
          request: (request) => ({ ...request, cniVersion }),
        });
        demandRejected(call, `${operation} with cniVersion ${cniVersion}`, { codes: [1] });
      }
    }
  });
}

/** Versions of the specification that VERSION does not list. */
async function unlistedVersions(context: ClauseContext): Promise<readonly string[]> {
  const request = `{"cniVersion":"${context.version}"}`;
  const { output } = await context.execute(context.underTest.target, { CNI_COMMAND: "VERSION" }, request);
  const listed = parseObject(output.stdout)?.supportedVersions;
  return Array.isArray(listed) ? SPEC_VERSIONS.filter((version) => !listed.includes(version)) : [];
}

async function rejectsVersionNumber(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => ({ ...request, cniVersion: 1 }),
  });
  demandRejected(call, "a number as cniVersion", { codes: [1, 6, 7] });
}

async function defaultsVersion(context: ClauseContext): Promise<void> {
  notApplicableUnless(!context.underTest.kinds.includes("chained"), "prevResult states the version, too");
  const call = await context.invokeTarget("ADD", await context.createContainer(), {
    request: (request) => withoutKeys(request, ["cniVersion"]),
  });
  const printed = parseObject(call.output.stdout);
  const isOldResult =
    succeeded(call.output) &&
    (printed?.cniVersion === "0.1.0" || printed?.cniVersion === undefined) &&
    (printed?.ip4 ?? printed?.ip6) !== undefined;
  demand(
    isOldResult || reportedError(call)?.code === 1,
    "a result of version 0.1.0, or code 1, without a cniVersion",
    describeCall(call),
  );
}

const ERROR6 = "5-Error 6";

export const configInput = withSharedFacts({ needsAdd: false }, [
  {
    id: "cfg.json.malformed",
    level: "MUST",
    section: ERROR6,
    sentence: "The plugin rejects input that is not valid JSON (code 6 since 1.0.0).",
    test: rejectsMalformed,
  },
  {
    id: "cfg.json.empty",
    level: "MUST",
    section: "5-Error 5",
    sentence: "The plugin rejects empty input (code 5 or 6 since 1.0.0).",
    test: (context) => rejectsInputs(context, [""], 5, 6),
  },
  {
    id: "cfg.json.notobject",
    level: "MUST",
    section: ERROR6,
    sentence: "The plugin rejects input that is not a JSON object (code 6 or 7 since 1.0.0).",
    test: (context) => rejectsInputs(context, ["[]", `"s"`, "1", "null"], 6, 7),
  },
  {
    id: "cfg.stdin.unreadable",
    dependsOnVersion: false,
    level: "SHOULD",
    since: "1.0.0",
    section: "5-Error 5",
    sentence: "The plugin rejects unreadable input with code 5.",
    test: rejectsUnreadable,
  },
  {
    id: "cfg.name.missing",
    level: "MUST",
    section: "5-Error 7",
    sentence: "The plugin rejects a network configuration without a name (code 7 since 1.0.0).",
    test: (context) => rejectsNames(context, [undefined, ""]),
  },
  {
    id: "cfg.name.chars",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    section: "1-name",
    sentence: "The plugin rejects a network name with invalid characters (code 7).",
    test: (context) => rejectsNames(context, ["-x", "a/b", "../a", "a b", ".x"]),
  },
  {
    id: "cfg.name.accept",
    dependsOnVersion: false,
    level: "MUST",
    since: "1.0.0",
    needsAdd: true,
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
    test: rejectsVersions,
  },
  {
    id: "cfg.version.type",
    dependsOnVersion: false,
    level: "beyond",
    section: ERROR6,
    sentence: "The plugin rejects a cniVersion that is not a string.",
    test: rejectsVersionNumber,
  },
  {
    id: "cfg.version.missing",
    dependsOnVersion: false,
    level: "beyond",
    needsAdd: true,
    section: "libcni",
    sentence: "The plugin treats a missing cniVersion as 0.1.0.",
    test: defaultsVersion,
  },
]);
