/** The elements of a JUnit XML document. */
import { printable } from "../core/errors.ts";
import { element, type XmlAttributes } from "./xml.ts";

export interface TestCase {
  readonly name: string;
  readonly group: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Reason for a failure or skip; for a passed case, the result. */
  readonly message: string;
  /** Additional output, such as evidence. */
  readonly details?: string;
}

export interface TestSuite {
  readonly name: string;
  /** Further attributes. */
  readonly attributes?: XmlAttributes;
  readonly cases: readonly TestCase[];
  /** Output of the entire suite. Default: none. */
  readonly output?: string;
}

/** Returns a document with the counts of the cases, of each suite and of all. */
export function junitDocument(suites: readonly TestSuite[]): string {
  const attributes = { name: "cnibench", ...countsOf(suites.flatMap(({ cases }) => cases)) };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element("testsuites", attributes, suites.map(suiteElement))}\n`;
}

function suiteElement({ name, attributes = {}, cases, output = "" }: TestSuite): string {
  return element("testsuite", { name, ...attributes, ...countsOf(cases) }, [
    ...cases.map((one) => caseElement(name, one)),
    ...(output === "" ? [] : [element("system-out", {}, printable(output))]),
  ]);
}

function countsOf(cases: readonly TestCase[]): XmlAttributes {
  const count = (status: TestCase["status"]): number => cases.filter((one) => one.status === status).length;
  return { tests: cases.length, failures: count("failed"), errors: 0, skipped: count("skipped") };
}

function caseElement(suite: string, { name, group, status, message, details = "" }: TestCase): string {
  const attributes = { classname: `${suite}.${group}`, name };
  const text = printable(message);
  if (status === "failed") return element("testcase", attributes, [element("failure", { message: text }, details)]);
  if (status === "skipped") return element("testcase", attributes, [element("skipped", { message: text })]);
  return element("testcase", attributes, [element("system-out", {}, details === "" ? text : `${text}\n${details}`)]);
}
