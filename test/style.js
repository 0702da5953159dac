// Checks the wording and the line length of every tracked text (docs/style.md). Prints each finding; fails above the limits.
// Not checked: the changelog, captured tool output, and docs/style.md itself, which quotes the words.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const MAX_WORDS = 10;
const MAX_COLUMNS = 120;

/** Words that docs/style.md replaces by an ordinary verb or noun. */
const WORDS = [
  "told|tells?|telling",
  "anew|whoever|nobody|beside",
  "(is|are|was|were) no(?! longer| such)",
  "stands|stood",
  "(take|takes|taken|taking) (off|away)",
  "put on|puts on",
  "of (ours|theirs|yours)",
  "(leave|leaves|leaving|left) out",
  "(is|are|was|were) gone",
  "so many",
];
const FORBIDDEN = new RegExp(`\\b(?:${WORDS.join("|")})\\b`, "gi");

const tracked = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0").filter(Boolean);
const texts = tracked.filter((path) => /\.(ts|js|pl|sh|md|yaml|yml)$|^\.ci\/run$/.test(path));
const checked = texts.filter((path) => !/^(CHANGELOG\.md|docs\/style\.md|test\/style\.js|test\/fixtures\/)/.test(path));

const words = [];
const long = [];
for (const path of checked) {
  readFileSync(path, "utf8")
    .split("\n")
    .forEach((line, index) => {
      for (const [word] of line.matchAll(FORBIDDEN)) words.push(`${path}:${index + 1}: "${word}": ${line.trim()}`);
      // Tables of Markdown cannot be wrapped.
      if ([...line].length > MAX_COLUMNS && !path.endsWith(".md"))
        long.push(`${path}:${index + 1}: ${[...line].length} columns`);
    });
}

for (const finding of [...words, ...long]) console.error(finding);
console.error(
  `style: ${words.length} words to replace (limit ${MAX_WORDS}), ${long.length} lines longer than ${MAX_COLUMNS} columns`,
);
process.exitCode = words.length > MAX_WORDS || long.length > 0 ? 1 : 0;
