// Counts test results. Arguments: a JSON report of vitest, and the exit code of vitest.
// Prints `passed failed skipped` to stdout, and the reason of each skipped test to stderr. With a third argument, it
// appends each failed test and its first error to that file.
import { appendFileSync, readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const brokenFiles = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
const count = (...states) => tests.filter(({ status }) => states.includes(status)).length;
for (const { fullName, status, meta } of tests) {
  if (status === "skipped" || status === "pending")
    console.error(`skipped: ${fullName}${meta?.skipReason ? `: ${meta.skipReason}` : ""}`);
}

const MAX_ERROR_LENGTH = 2000;
const failures = [
  ...brokenFiles.map(({ name, message }) => `${name}\n${message}`),
  ...report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages[0] ?? ""}`),
  ),
];
if (process.argv[4] !== undefined)
  appendFileSync(process.argv[4], failures.map((failure) => `${failure.slice(0, MAX_ERROR_LENGTH)}\n\n`).join(""));

// An error outside a test also fails the run.
const failed = Math.max(count("failed") + brokenFiles.length, process.argv[3] === "0" ? 0 : 1);
// A run without tests fails.
console.log(count("passed"), tests.length === 0 ? Math.max(1, failed) : failed, count("skipped", "pending", "todo"));
