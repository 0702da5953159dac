import { expect, it } from "vitest";
import { plain } from "../../../reports/first-screen/phrase.ts";
import { factLabel } from "../../../reports/language/fact-labels.ts";

it.each([
  ["cluster kind", "Cluster", "集群"],
  ["tools iperf3", "Version of iperf3", "版本：iperf3"],
  ["version of node", "Node.js", "Node.js"],
  ["version of bridge", "Version of bridge", "版本：bridge"],
  ["constructor", "constructor", "constructor"],
])("labels %s", (fact, en, zh) => {
  const label = factLabel(fact);
  expect([plain(label.en), plain(label.zh)]).toEqual([en, zh]);
});
