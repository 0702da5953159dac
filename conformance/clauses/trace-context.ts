/** Trace context, which libcni passes in environment variables that the specification does not define. */
import type { Clause } from "./clause.ts";
import { delegatedOperations } from "./delegate.ts";
import { demand } from "./demand.ts";
import { demandSuccess } from "./env-args.ts";
import type { ClauseContext } from "./clause-context.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
/** libcni omits variables without a value, so a trace can have neither state nor baggage. */
const TRACE_PARENT = { TRACEPARENT: `00-${TRACE_ID}-b7ad6b7169203331-01` };
/** Values that look like assignments, lists and CNI_ARGS. */
const TRACE_CONTEXT = {
  ...TRACE_PARENT,
  TRACESTATE: "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7",
  BAGGAGE: "user=alice,node=DF%2028;ttl=30,CNI_COMMAND=DEL",
};

async function acceptsTraceContext(context: ClauseContext): Promise<void> {
  await demandSuccess(context, "TRACEPARENT", { env: TRACE_PARENT });
  await demandSuccess(context, "TRACEPARENT, TRACESTATE, and BAGGAGE", { env: TRACE_CONTEXT });
}

/** A plugin that records a span of its own passes that on: the trace is the same, its parent and state are not. */
async function passesTraceContext(context: ClauseContext): Promise<void> {
  for (const { calling, delegated } of await delegatedOperations(context, TRACE_CONTEXT)) {
    for (const { env } of delegated) {
      const { TRACEPARENT: parent = "(unset)" } = env;
      demand(parent.includes(TRACE_ID), `the IPAM plugin to receive the trace in ${calling.command}`, parent, calling);
      const missing = Object.keys(TRACE_CONTEXT).filter((name) => (env[name] ?? "") === "");
      const expected = `the IPAM plugin to receive TRACESTATE and BAGGAGE in ${calling.command}`;
      demand(missing.length === 0, expected, `no ${missing.join(" and no ")}`, calling);
    }
  }
}

export const traceContext = [
  {
    id: "env.trace",
    level: "beyond",
    section: "libcni",
    sentence: "ADD, CHECK, and DEL succeed with TRACEPARENT, TRACESTATE, and BAGGAGE in the environment.",
    test: acceptsTraceContext,
  },
] as const satisfies readonly Clause[];

export const delegatedTraceContext = [
  {
    id: "dlg.trace",
    level: "derived",
    kinds: ["delegating"],
    section: "4",
    sentence: "The trace in TRACEPARENT, TRACESTATE, and BAGGAGE continues in the environment of the IPAM plugin.",
    test: passesTraceContext,
  },
] as const satisfies readonly Clause[];
