// Counts test results. Arguments: a JSON report of vitest, and the exit code of vitest.
// Prints `passed failed skipped` to stdout, and the reason of each skipped test to stderr.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const brokenFiles = report.testResults.filter(
  (file) => file.status === "failed" && file.assertionResults.length === 0,
).length;
const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
for (const { fullName, status, meta } of tests) {
  if (status === "skipped" || status === "pending")
    console.error(`skipped: ${fullName}${meta?.skipReason ? `: ${meta.skipReason}` : ""}`);
}
// An error outside a test also fails the run.
const failed = Math.max(count("failed") + brokenFiles, process.argv[3] === "0" ? 0 : 1);
// A run without tests fails.
console.log(count("passed"), tests.length === 0 ? Math.max(1, failed) : failed, count("skipped", "pending", "todo"));
