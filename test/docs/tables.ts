/** Renders the tables of the docs that repeat data of the code. */
import { LATEST_VERSION, SPEC_VERSIONS } from "../../cni/spec-versions.ts";
import type { Clause } from "../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../conformance/clauses/index.ts";
import { groupBy } from "../../core/group.ts";
import { rangeOf } from "../../core/metric-range.ts";
import { METRIC_NAMES, METRICS } from "../../core/metrics.ts";
import type { ParamSpec } from "../../core/params.ts";
import { WARNINGS } from "../../core/warning-codes.ts";
import { runners } from "../../runners/index.ts";
import type { Runner } from "../../runners/runner.ts";

/** The generated parts of the docs, by the name in their markers. */
export const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () =>
    table(
      ["metric", "unit", "better", "possible values", "meaning"],
      METRIC_NAMES.map((name) => {
        const { unit, better, meaning } = METRICS[name];
        return [code(name), unit, better, rangeOf(name).map(plainNumber).join(" to "), meaning];
      }),
    ),
  "warning codes": () =>
    table(
      ["code", "about", "meaning"],
      Object.entries(WARNINGS).map(([name, { about, meaning }]) => [code(name), about, meaning]),
    ),
  "runner parameters": () =>
    table(
      ["runner", "parameter", "value", "default"],
      Object.values<Runner>(runners).flatMap(({ name: runner, params }) =>
        Object.entries(params).map(([name, spec]) => [code(runner), code(name), paramValue(spec), paramDefault(spec)]),
      ),
    ),
  clauses: () => `${CLAUSES.length} clauses.\n\n${[...groupBy(CLAUSES, clauseGroup)].map(clauseSection).join("\n")}`,
};

/** Returns a page with all its generated parts rendered again. @throws Error for a marker with an unknown name */
export function renderPage(page: string): string {
  return page.replaceAll(/(<!-- generated: (.+) -->\n)[^]*?(<!-- end -->)/g, (_, start: string, name: string, end) => {
    const render = TABLES[name];
    if (render === undefined)
      throw new Error(`unknown generated part "${name}"; known: ${Object.keys(TABLES).join(", ")}`);
    return `${start}\n${render()}\n${end}`;
  });
}

/** Writes long numbers as powers of ten: 1e13. */
function plainNumber(value: number): string {
  return value > 1e6 || (value > 0 && value < 0.01) ? value.toExponential().replace("e+", "e") : String(value);
}

function paramValue(spec: ParamSpec): string {
  if (spec.type !== "choice") return `${spec.summary}, ${spec.min} to ${spec.max}`;
  const values = spec.values.map(code);
  return `${values.slice(0, -1).join(", ")} or ${values.at(-1)}: ${spec.summary}`;
}

function paramDefault(spec: ParamSpec): string {
  return spec.type === "choice" ? code(spec.default) : String(spec.default);
}

/** The first word of an id. */
function clauseGroup({ id }: Clause): string {
  return id.split(".")[0] ?? "";
}

function clauseSection([group, clauses]: readonly [string, readonly Clause[]]): string {
  const rows = clauses.map((clause) => {
    const { id, kinds, section, sentence, dependsOnVersion = true } = clause;
    const tested = dependsOnVersion ? "each" : "once";
    const facts = [clauseLevel(clause), clauseVersions(clause), tested, kinds?.join(", ") ?? "all", section];
    return [code(id), ...facts, sentence];
  });
  return `## ${group}\n\n${table(["id", "level", "versions", "tested", "plugins", "section", "requirement"], rows)}`;
}

function clauseLevel({ level, earlier }: Clause): string {
  return earlier === undefined ? level : `${level}; ${earlier.level} before ${earlier.before}`;
}

function clauseVersions({ since = SPEC_VERSIONS[0], until = LATEST_VERSION }: Clause): string {
  if (since === until) return since;
  return since === SPEC_VERSIONS[0] && until === LATEST_VERSION ? "all" : `${since} to ${until}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return [line(head), `|${"---|".repeat(head.length)}\n`, ...rows.map(line)].join("");
}

function code(text: string): string {
  return `\`${text}\``;
}
