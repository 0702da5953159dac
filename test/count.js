// Arguments: a JSON report of vitest, and its exit code. Prints `passed failed skipped`, and why each skipped test was skipped.
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
// An error outside of any test fails the run too.
const failed = Math.max(count("failed") + brokenFiles, process.argv[3] === "0" ? 0 : 1);
// A run that tested nothing has not passed.
console.log(count("passed"), tests.length === 0 ? Math.max(1, failed) : failed, count("skipped", "pending", "todo"));
