/** Renders the clauses as a Markdown page: docs/clauses.md is generated from this. */
import { groupBy } from "../../core/group.ts";
import { LATEST_VERSION, SPEC_VERSIONS } from "../../cni/version.ts";
import { CLAUSES } from "./index.ts";
import type { Clause } from "./clause.ts";

const HEADER = `# The clauses

Every clause that \`cnibench conformance\` tests. Generated from the code by
\`npx vitest run test/conformance/docs.test.ts -u\`.

- **MUST**, **SHOULD**, **MAY**: the word that the specification uses. **derived**: the specification has no sentence
  for it, but a plugin that violates the clause breaks a MUST or prints a result that is not true. **beyond**: good
  behavior that the specification does not ask for.
- A version is *conformant* if no MUST clause and no derived clause fails, and *not tested* if a MUST clause could not
  be tested. A second verdict omits the deviations that all plugins built on the Go skeleton library share.
- **Section** is a section of specification 1.1.0 unless another version or document is named.
- **Plugins**: \`interface\` plugins create CNI_IFNAME, \`ipam\` plugins are delegated to, \`chained\` plugins change
  the work of another plugin, \`delegating\` plugins call an IPAM plugin.
`;

/** Demands of the specification that a black-box test cannot find violated, with the reason. */
const UNTESTED = [
  [
    "Standard error may be used for unstructured text (5-Error, MAY)",
    "any text is valid there; it is kept as evidence of failures",
  ],
  [
    "A plugin that claims `aliases` makes the names resolve (Conventions)",
    "the runtime decides how a container resolves names; `cap.aliases` tests that other plugins ignore the key",
  ],
  [
    "A plugin that claims `infinibandGUID` or `deviceID` uses that device (Conventions)",
    "test nodes have no such device; that a missing device is rejected is tested",
  ],
  [
    "A plugin that claims `cgroupPath` uses it (Conventions)",
    "the plugin decides what to use it for; `cap.cgroup` tests that other plugins ignore the key",
  ],
] as const;

export function renderClauses(clauses: readonly Clause[] = CLAUSES): string {
  const parts = [...groupBy(clauses, groupName)].map(([group, members]) => `## ${group}\n\n${markdownTable(members)}`);
  const untested = UNTESTED.map(([requirement, reason]) => `- ${requirement}: ${reason}.`).join("\n");
  return `${HEADER}\n${clauses.length} clauses.\n\n${parts.join("\n")}\n## Not tested\n\n${untested}\n`;
}

/** The first word of an id. */
function groupName({ id }: Clause): string {
  return id.split(".")[0] ?? "";
}

function markdownTable(clauses: readonly Clause[]): string {
  const rows = clauses.map((clause) => {
    const { id, kinds, section, sentence } = clause;
    const cells = [
      `\`${id}\``,
      formatLevel(clause),
      formatVersions(clause),
      kinds?.join(", ") ?? "all",
      section,
      sentence,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| id | level | versions | plugins | section | requirement |", "|---|---|---|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

function formatLevel({ level, earlier }: Clause): string {
  return earlier === undefined ? level : `${level}; ${earlier.level} before ${earlier.before}`;
}

function formatVersions({ since = SPEC_VERSIONS[0], until = LATEST_VERSION }: Clause): string {
  if (since === until) return since;
  return since === SPEC_VERSIONS[0] && until === LATEST_VERSION ? "all" : `${since} to ${until}`;
}
