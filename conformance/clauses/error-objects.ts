/** Error objects: their keys, and the meaning of their codes. */
import type { JsonObject } from "../../cni/index.ts";
import { succeeded } from "../../core/shell.ts";
import { withSharedFacts } from "./clause.ts";
import { Deviation, demand, skipUnless } from "./demand.ts";
import type { ClauseContext } from "./clause-context.ts";
import { fuzzOperations, injectFailures, type InjectedCall } from "./failure-injection.ts";
import { errorOutput, installFakeIpam } from "./fake-ipam.ts";
import { describeCall, parseObject, reportedError } from "./call-output.ts";
import { demandOfFailures, outputOf } from "./output.ts";

async function hasCode(context: ClauseContext): Promise<void> {
  await demandOfFailures(context, "an integer of at least 1 as code", ({ call }) => {
    const code = parseObject(call.output.stdout)?.code;
    return typeof code === "number" && Number.isInteger(code) && code >= 1 ? null : outputOf(call);
  });
}

async function hasMessage(context: ClauseContext): Promise<void> {
  await demandOfFailures(context, "a msg", ({ call }) => {
    const msg = parseObject(call.output.stdout)?.msg;
    return typeof msg === "string" && msg !== "" ? null : outputOf(call);
  });
}

/** Judges error objects only; a failure without one is judged by out.error.onejson. */
async function demandOfErrors(
  context: ClauseContext,
  expected: string,
  holds: (error: JsonObject, failure: InjectedCall) => boolean,
): Promise<void> {
  await demandOfFailures(context, expected, (failure) => {
    const error = parseObject(failure.call.output.stdout);
    return error === null || holds(error, failure) ? null : outputOf(failure.call);
  });
}

async function detailsAreString(context: ClauseContext): Promise<void> {
  await demandOfErrors(
    context,
    "a string as details",
    ({ details }) => details === undefined || typeof details === "string",
  );
}

async function errorsHaveRequestedVersion(context: ClauseContext): Promise<void> {
  await demandOfErrors(
    context,
    `cniVersion ${context.version}`,
    ({ cniVersion }, { requestDecoded }) => !requestDecoded || cniVersion === context.version,
  );
}

/** Codes below 100 that the version under test defines. */
function definedCodes(context: ClauseContext): readonly number[] {
  const later = [
    context.atLeast("0.4.0") ? [3, 11] : [],
    context.atLeast("1.0.0") ? [4, 5, 6, 7] : [],
    context.atLeast("1.1.0") ? [50, 51] : [],
  ];
  return [1, 2, ...later.flat()];
}

/** Codes below 100 that any version defines. */
const ALL_DEFINED_CODES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 11, 50, 51];

async function codesAreDefined(context: ClauseContext): Promise<void> {
  const calls = [...(await injectFailures(context)), ...(await fuzzOperations(context))];
  const undefinedCodes = calls.flatMap(({ what, call, requestDecoded }) => {
    // A plugin that cannot read the version may use the codes of any version.
    const defined = requestDecoded ? definedCodes(context) : ALL_DEFINED_CODES;
    const printed = parseObject(call.output.stdout)?.code;
    const code = typeof printed === "number" && !succeeded(call.output) ? printed : null;
    return code === null || defined.includes(code) || code >= 100 ? [] : [{ what, call, code, defined }];
  });
  // Reports a code that no version defines rather than a code of another version.
  const worst = undefinedCodes.find(({ code }) => !ALL_DEFINED_CODES.includes(code)) ?? undefinedCodes[0];
  if (worst === undefined) return;
  const expected = `code ${worst.defined.join(", ")}, or 100 or higher (${worst.what})`;
  throw new Deviation(expected, String(worst.code), [], worst.call);
}

async function notReadyCodesAreOfStatus(context: ClauseContext): Promise<void> {
  for (const { what, call } of await injectFailures(context)) {
    const code = reportedError(call)?.code;
    demand(code !== 50 && code !== 51, `code 50 or 51 from STATUS only (${what})`, String(code), call);
  }
}

/** Code 3 means an unknown container, which is not an error for DEL, and not the same as a missing parameter. */
async function code3IsOfUnknownContainers(context: ClauseContext): Promise<void> {
  const deleted = await context.invokeTarget("DEL", await context.createContainer());
  demand(
    reportedError(deleted)?.code !== 3,
    "no code 3 from DEL, which accepts an unknown container",
    describeCall(deleted),
  );
  const noContainer = { env: { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" } };
  for (const operation of ["ADD", "GC", "STATUS"] as const) {
    const call = await context.invokeTarget(operation, null, noContainer);
    const expected = `no code 3 from ${operation} without a container`;
    demand(reportedError(call)?.code !== 3, expected, describeCall(call), call);
  }
}

/** With code 11, the runtime may try again later. */
async function code11IsPassedOn(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.setResponse("ADD", 1, errorOutput(context, 11));
  const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
  skipUnless(!succeeded(call.output), "ADD succeeds although the IPAM plugin fails");
  demand(reportedError(call)?.code === 11, "code 11 (try again later) of the IPAM plugin", describeCall(call));
}

const OLD_MUST = { before: "1.0.0", level: "MUST" } as const;
const ERROR = "5-Error";

export const errorObjects = withSharedFacts({ needsAdd: false }, [
  {
    id: "err.code",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The code of an error object is an integer greater than 0.",
    test: hasCode,
  },
  {
    id: "err.msg",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The msg of an error object is a non-empty string.",
    test: hasMessage,
  },
  {
    id: "err.details",
    level: "SHOULD",
    section: ERROR,
    sentence: "The details of an error object, if present, is a string.",
    test: detailsAreString,
  },
  {
    id: "err.cniversion",
    level: "SHOULD",
    earlier: OLD_MUST,
    goSkeleton: "always",
    section: ERROR,
    sentence: "The cniVersion of an error object matches the request, if the plugin could decode the request.",
    test: errorsHaveRequestedVersion,
  },
  {
    id: "err.code.reserved",
    level: "MUST",
    // The library uses codes 4 to 7 of version 1.0.0 in every version.
    goSkeleton: { got: /^[4-7]$/, before: "1.0.0" },
    section: ERROR,
    sentence: "The plugin uses codes below 100 only with the meaning that the specification defines.",
    test: codesAreDefined,
  },
  {
    id: "err.code.status-only",
    level: "derived",
    since: "1.1.0",
    section: "2-STATUS",
    sentence: "Only STATUS returns the codes 50 and 51.",
    test: notReadyCodesAreOfStatus,
  },
  {
    id: "err.code3",
    dependsOnVersion: false,
    level: "MAY",
    since: "0.4.0",
    section: "5-Error 3",
    sentence: "The plugin uses code 3 only for an unknown container, and never for DEL.",
    test: code3IsOfUnknownContainers,
  },
  {
    id: "err.code11",
    dependsOnVersion: false,
    level: "MAY",
    since: "0.4.0",
    kinds: ["delegating"],
    needsAdd: true,
    section: "5-Error 11",
    sentence: "Code 11 of the IPAM plugin reaches the container runtime.",
    test: code11IsPassedOn,
  },
]);
