/** The clauses as a page: docs/clauses.md is made from this. */
import { LATEST, SPEC_VERSIONS } from "../../cni/version.ts";
import { CLAUSES } from "./clauses/index.ts";
import type { Clause } from "./clause.ts";

const HEAD = `# The clauses

Every clause that \`cnibench conformance\` tests, made from the code (\`npx vitest run test/runners/conformance/docs.test.ts -u\`).

- **MUST**, **SHOULD**, **MAY**: the specification says so. **derived**: no sentence of its own, but a plugin that breaks
  it makes a MUST or its own answer untrue. **beyond**: good behaviour that the specification does not ask for.
- A version is *conformant* when no MUST and no derived clause fails, *not tested* when a MUST could not be judged. A
  second verdict leaves out what every plugin on the Go skeleton library shares.
- **Section** is that of specification 1.1.0, or names another version or document.
- **Plugins**: \`interface\` makes CNI_IFNAME, \`ipam\` is delegated to, \`chained\` changes what another made, \`delegating\`
  calls an IPAM plugin.
`;

/** The whole page. */
export function clausesPage(clauses: readonly Clause[] = CLAUSES): string {
  const parts = [...grouped(clauses)].map(([group, members]) => `## ${group}\n\n${table(members)}`);
  return `${HEAD}\n${clauses.length} clauses.\n\n${parts.join("\n")}`;
}

function grouped(clauses: readonly Clause[]): Map<string, Clause[]> {
  const groups = new Map<string, Clause[]>();
  for (const clause of clauses) groups.set(groupOf(clause), [...(groups.get(groupOf(clause)) ?? []), clause]);
  return groups;
}

/** The first word of an id. */
function groupOf({ id }: Clause): string {
  return id.split(".")[0] ?? "";
}

function table(clauses: readonly Clause[]): string {
  const rows = clauses.map((clause) => `| \`${clause.id}\` | ${levelText(clause)} | ${versionText(clause)} | ${clause.kinds?.join(", ") ?? "all"} | ${clause.section} | ${clause.sentence} |`);
  return ["| id | level | versions | plugins | section | what is demanded |", "|---|---|---|---|---|---|", ...rows, ""].join("\n");
}

function levelText({ level, earlier }: Clause): string {
  return earlier === undefined ? level : `${level}; ${earlier.level} before ${earlier.before}`;
}

function versionText({ since = SPEC_VERSIONS[0], until = LATEST }: Clause): string {
  if (since === until) return since;
  return since === SPEC_VERSIONS[0] && until === LATEST ? "all" : `${since} to ${until}`;
}
