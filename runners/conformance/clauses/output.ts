/** What is printed: exactly one JSON object or nothing, and error objects of the right form. */
import type { Invocation } from "../../../cni/types.ts";
import { succeeded } from "../../../core/shell.ts";
import { reportedError, parseObject, describeCall } from "../plugin-output.ts";
import { Deviation, demand, skipUnless, type Clause } from "../clause.ts";
import { errorOutput, installFakeIpam } from "../fake-ipam.ts";
import { injectFailures, fuzzOperations, type InjectedCall } from "../failure-injection.ts";
import type { Outcome, ClauseContext } from "../clause-context.ts";

/** One object, blanks around it allowed. A byte order mark is no blank in JSON, though it is one for `trim`. */
function isOneObject(text: string): boolean {
  return parseObject(text) !== null && !text.startsWith("\ufeff") && !text.includes("\ufffd");
}

async function addPrintsOne(context: ClauseContext): Promise<void> {
  const { ok, last } = await context.tryAdd(await context.createContainer());
  skipUnless(ok, `ADD does not work here: ${describeCall(last)}`);
  demand(
    isOneObject(last.output.stdout),
    "exactly one JSON object on standard output",
    JSON.stringify(last.output.stdout.slice(0, 300)),
  );
}

async function printsNothing(
  context: ClauseContext,
  operation: (attached: Awaited<ReturnType<ClauseContext["add"]>>) => Promise<Outcome>,
): Promise<void> {
  const { ok, last, calls } = await operation(await context.add());
  skipUnless(ok, `it does not succeed: ${describeCall(last)}`);
  for (const { command, output } of calls)
    demand(
      output.stdout.trim() === "",
      `nothing on standard output of ${command}`,
      JSON.stringify(output.stdout.slice(0, 200)),
    );
}

async function versionPrintsOne(context: ClauseContext): Promise<void> {
  const call = await context.invokeTarget("VERSION", null);
  skipUnless(succeeded(call.output), `VERSION does not work: ${describeCall(call)}`);
  demand(
    isOneObject(call.output.stdout),
    "exactly one JSON object on standard output",
    JSON.stringify(call.output.stdout.slice(0, 300)),
  );
}

/** The forced failures that are failures: that they are is a clause of its own. */
async function failures(context: ClauseContext): Promise<readonly InjectedCall[]> {
  const all = (await injectFailures(context)).filter(
    ({ call }) => !succeeded(call.output) && call.output.ended === null,
  );
  skipUnless(all.length > 0, "nothing makes the plugin fail");
  return all;
}

async function eachFailure(
  context: ClauseContext,
  expected: string,
  judge: (forced: InjectedCall) => string | null,
): Promise<void> {
  for (const forced of await failures(context)) {
    const got = judge(forced);
    demand(got === null, `${expected} (${forced.what})`, got ?? "", forced.call);
  }
}

function outputOf({ output }: Invocation): string {
  return JSON.stringify((output.stdout || output.stderr).slice(0, 200));
}

/** Judges an error object; where there is none, another clause has told. */
async function eachError(
  context: ClauseContext,
  expected: string,
  judge: (error: NonNullable<ReturnType<typeof parseObject>>, forced: InjectedCall) => boolean,
): Promise<void> {
  await eachFailure(context, expected, (forced) => {
    const error = parseObject(forced.call.output.stdout);
    return error === null || judge(error, forced) ? null : outputOf(forced.call);
  });
}

/** Codes that the specification gives a meaning, by the version that brought them. */
function knownCodes(context: ClauseContext): readonly number[] {
  const later = [
    context.atLeast("0.4.0") ? [3, 11] : [],
    context.atLeast("1.0.0") ? [4, 5, 6, 7] : [],
    context.atLeast("1.1.0") ? [50, 51] : [],
  ];
  return [1, 2, ...later.flat()];
}

/** Codes of all versions. */
const ALL_RESERVED_CODES: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 11, 50, 51];

async function codesAreKnown(context: ClauseContext): Promise<void> {
  const wrong = [...(await injectFailures(context)), ...(await fuzzOperations(context))].flatMap(
    ({ what, call, requestDecoded: decoded }) => {
      // Without a version nobody can tell which codes there are.
      const known = decoded ? knownCodes(context) : ALL_RESERVED_CODES;
      const raw = parseObject(call.output.stdout)?.code;
      const code = typeof raw === "number" && !succeeded(call.output) ? raw : null;
      return code === null || known.includes(code) || code >= 100 ? [] : [{ what, call, code, known }];
    },
  );
  // A code that no version has is worse than one of another version.
  const worst = wrong.find(({ code }) => !ALL_RESERVED_CODES.includes(code)) ?? wrong[0];
  if (worst !== undefined)
    throw new Deviation(
      `a code of ${worst.known.join(", ")}, or from 100 on (${worst.what})`,
      String(worst.code),
      [],
      worst.call,
    );
}

async function notReadyIsOfStatus(context: ClauseContext): Promise<void> {
  for (const { what, call } of await injectFailures(context)) {
    const code = reportedError(call)?.code;
    demand(code !== 50 && code !== 51, `no code 50 or 51 but of STATUS (${what})`, String(code), call);
  }
}

/** Code 3 says that the container is unknown, which no DEL may complain of, and which a missing parameter is not. */
async function code3IsOfContainers(context: ClauseContext): Promise<void> {
  const deleted = await context.invokeTarget("DEL", await context.createContainer());
  demand(
    reportedError(deleted)?.code !== 3,
    "no code 3 from DEL, for which an unknown container is none to complain of",
    describeCall(deleted),
  );
  const nobody = { env: { CNI_CONTAINERID: "", CNI_NETNS: "", CNI_IFNAME: "" } };
  for (const operation of ["ADD", "GC", "STATUS"] as const) {
    const call = await context.invokeTarget(operation, null, nobody);
    demand(
      reportedError(call)?.code !== 3,
      `no code 3 from ${operation} without a container`,
      describeCall(call),
      call,
    );
  }
}

/** The runtime may try again later, if it is told so. */
async function tryAgainReaches(context: ClauseContext): Promise<void> {
  const fakeIpam = await installFakeIpam(context);
  await fakeIpam.setResponse("ADD", 1, errorOutput(context, 11));
  const call = await fakeIpam.context.invokeTarget("ADD", await fakeIpam.context.createContainer());
  skipUnless(!succeeded(call.output), "ADD succeeds though the IPAM plugin fails");
  demand(reportedError(call)?.code === 11, "code 11 (try again later) of the IPAM plugin", describeCall(call));
}

const OLD_MUST = { before: "1.0.0", level: "MUST" } as const;
const ERROR = "5-Error";

export const output = [
  {
    id: "out.add.onejson",
    level: "MUST",
    section: "5-ADD",
    sentence: "ADD prints exactly one JSON object.",
    test: addPrintsOne,
  },
  {
    id: "out.check.empty",
    level: "MUST",
    since: "0.4.0",
    section: "2-CHECK",
    sentence: "CHECK prints nothing on success.",
    test: (context) => printsNothing(context, (attached) => context.check(attached)),
  },
  {
    id: "out.del.empty",
    level: "beyond",
    section: "-",
    sentence: "DEL prints nothing on success.",
    test: (context) => printsNothing(context, (attached) => context.del(attached)),
  },
  {
    id: "out.gc.empty",
    level: "MUST",
    since: "1.1.0",
    section: "2-GC",
    sentence: "GC prints nothing on success.",
    test: (context) => printsNothing(context, (attached) => context.gc([attached])),
  },
  {
    id: "out.status.empty",
    level: "beyond",
    since: "1.1.0",
    section: "-",
    sentence: "STATUS prints nothing on success.",
    test: (context) => printsNothing(context, () => context.status()),
  },
  {
    id: "out.version.onejson",
    level: "MUST",
    since: "0.2.0",
    section: "5-VERSION",
    sentence: "VERSION prints exactly one JSON object.",
    test: versionPrintsOne,
  },
  {
    id: "out.error.onejson",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "A failed operation prints exactly one JSON object.",
    test: (context) =>
      eachFailure(context, "exactly one JSON object on standard output", ({ call }) =>
        isOneObject(call.output.stdout) ? null : outputOf(call),
      ),
  },
  {
    id: "out.error.stdout",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The plugin prints the error object to standard output, not to standard error.",
    test: (context) =>
      eachFailure(context, "the error object on standard output", ({ call }) =>
        call.output.stdout.trim() !== "" ? null : `nothing there; on standard error ${outputOf(call)}`,
      ),
  },
  {
    id: "err.code",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The code of an error object is an integer greater than 0.",
    test: (context) =>
      eachFailure(context, "a code from 1 on", ({ call }) =>
        typeof parseObject(call.output.stdout)?.code === "number" && Number(parseObject(call.output.stdout)?.code) >= 1
          ? null
          : outputOf(call),
      ),
  },
  {
    id: "err.msg",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The msg of an error object is a non-empty string.",
    test: (context) =>
      eachFailure(context, "a msg", ({ call }) =>
        typeof parseObject(call.output.stdout)?.msg === "string" && parseObject(call.output.stdout)?.msg !== ""
          ? null
          : outputOf(call),
      ),
  },
  {
    id: "err.details",
    level: "SHOULD",
    section: ERROR,
    sentence: "The details of an error object, if present, is a string.",
    test: (context) =>
      eachError(context, "details as a text", ({ details }) => details === undefined || typeof details === "string"),
  },
  {
    id: "err.cniversion",
    level: "SHOULD",
    earlier: OLD_MUST,
    section: ERROR,
    sentence: "The cniVersion of an error object matches the request, if the plugin could decode the request.",
    test: (context) =>
      eachError(
        context,
        `cniVersion ${context.version}`,
        ({ cniVersion }, { requestDecoded: decoded }) => !decoded || cniVersion === context.version,
      ),
  },
  {
    id: "err.code.reserved",
    level: "MUST",
    section: ERROR,
    sentence: "The plugin uses codes below 100 only with the meaning that the specification defines.",
    test: codesAreKnown,
  },
  {
    id: "err.code.status-only",
    level: "derived",
    since: "1.1.0",
    section: "2-STATUS",
    sentence: "Only STATUS returns the codes 50 and 51.",
    test: notReadyIsOfStatus,
  },
  {
    id: "err.code3",
    level: "MAY",
    since: "0.4.0",
    section: "5-Error 3",
    sentence: "The plugin uses code 3 only for an unknown container, and never for DEL.",
    test: code3IsOfContainers,
  },
  {
    id: "err.code11",
    level: "MAY",
    since: "0.4.0",
    kinds: ["delegating"],
    section: "5-Error 11",
    sentence: "Code 11 of the IPAM plugin reaches the container runtime.",
    test: tryAgainReaches,
  },
] as const satisfies readonly Clause[];
