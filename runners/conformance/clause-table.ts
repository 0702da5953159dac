/** The clauses as a page: docs/clauses.md is made from this. */
import { LATEST_VERSION, SPEC_VERSIONS } from "../../cni/version.ts";
import { CLAUSES } from "./clauses/index.ts";
import type { Clause } from "./clause.ts";

const HEADER = `# The clauses

Every clause that \`cnibench conformance\` tests, made from the code (\`npx vitest run test/runners/conformance/docs.test.ts -u\`).

- **MUST**, **SHOULD**, **MAY**: the specification says so. **derived**: no sentence of its own, but a plugin that breaks
  it makes a MUST or its own answer untrue. **beyond**: good behaviour that the specification does not ask for.
- A version is *conformant* when no MUST and no derived clause fails, *not tested* when a MUST could not be judged. A
  second verdict leaves out what every plugin on the Go skeleton library shares.
- **Section** is that of specification 1.1.0, or names another version or document.
- **Plugins**: \`interface\` makes CNI_IFNAME, \`ipam\` is delegated to, \`chained\` changes what another made, \`delegating\`
  calls an IPAM plugin.
`;

/** What the specification says and no test from outside can find broken. */
const UNTESTED = [
  [
    "Standard error may be used for unstructured text (5-Error, MAY)",
    "nothing that a plugin writes there is wrong; it is kept as evidence of failures",
  ],
  [
    "A plugin that claims `aliases` makes the names resolve (Conventions)",
    "how a container resolves names is the runtime's choice; that others ignore the key is `cap.aliases`",
  ],
  [
    "A plugin that claims `infinibandGUID` or `deviceID` uses that device (Conventions)",
    "no test node has one; that devices which do not exist are refused is tested",
  ],
  [
    "A plugin that claims `cgroupPath` uses it (Conventions)",
    "what it is used for is the plugin's choice; that others ignore the key is `cap.cgroup`",
  ],
] as const;

/** The whole page. */
export function renderClauses(clauses: readonly Clause[] = CLAUSES): string {
  const parts = [...groupClauses(clauses)].map(([group, members]) => `## ${group}\n\n${markdownTable(members)}`);
  const untested = UNTESTED.map(([what, why]) => `- ${what}: ${why}.`).join("\n");
  return `${HEADER}\n${clauses.length} clauses.\n\n${parts.join("\n")}\n## Not tested\n\n${untested}\n`;
}

function groupClauses(clauses: readonly Clause[]): Map<string, Clause[]> {
  const groups = new Map<string, Clause[]>();
  for (const clause of clauses) groups.set(groupName(clause), [...(groups.get(groupName(clause)) ?? []), clause]);
  return groups;
}

/** The first word of an id. */
function groupName({ id }: Clause): string {
  return id.split(".")[0] ?? "";
}

function markdownTable(clauses: readonly Clause[]): string {
  const rows = clauses.map(
    (clause) =>
      `| \`${clause.id}\` | ${formatLevel(clause)} | ${formatVersions(clause)} | ${clause.kinds?.join(", ") ?? "all"} | ${clause.section} | ${clause.sentence} |`,
  );
  return [
    "| id | level | versions | plugins | section | what is demanded |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function formatLevel({ level, earlier }: Clause): string {
  return earlier === undefined ? level : `${level}; ${earlier.level} before ${earlier.before}`;
}

function formatVersions({ since = SPEC_VERSIONS[0], until = LATEST_VERSION }: Clause): string {
  if (since === until) return since;
  return since === SPEC_VERSIONS[0] && until === LATEST_VERSION ? "all" : `${since} to ${until}`;
}
