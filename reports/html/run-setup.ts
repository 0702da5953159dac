/** The setup behind the numbers: machine, cluster, plugins and the exact commands. */
import { quoteArgv } from "../../core/text.ts";
import { groupBy } from "../../core/group.ts";
import type { Environment, PluginFacts } from "../../results/index.ts";
import { formatValue } from "../format.ts";
import { isLarge } from "./embedded.ts";
import type { ReportInput } from "../report.ts";
import { foldedSection } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { noiseSection } from "./noise-section.ts";
import { headedTable, scrollable } from "./table.ts";

const NOT_COLLECTED = "not collected";

/** The name and value of a fact; null: not collected. */
type Fact = readonly [name: string, value: string | null];

export function setupSection(input: ReportInput, prefix: string): Html {
  const { run, commands } = input;
  const { environment, plan } = run;
  const facts =
    environment === null
      ? html`<p class="muted">The environment was not collected.</p>`
      : html`${machineTable(environment, plan.clusterReason, run.versions.node)}${pluginTable(environment.plugins)}`;
  const noise = noiseSection(run.noiseCard);
  return html`${foldedSection(`${prefix}setup`, { en: "Environment", zh: "环境" }, html`${facts} ${noise}`)}
  ${foldedSection(
    `${prefix}commands`,
    { en: "Commands", zh: "命令" },
    html`<p>Command line of this run:</p>
      <pre class="copy">${quoteArgv(run.command)}</pre>
      <p>
        To repeat the same plugin order, add <code>--seed ${run.seed}</code>. The output of every tool is stored in the
        run directory under <code>raw/</code>.
      </p>
      ${commandList(commands)} ${provenance(input)}
      <div class="downloads" data-samples="${isLarge(input) ? "omitted" : "embedded"}"></div>`,
  )}`;
}

function machineTable(environment: Environment, clusterReason: string, nodeVersion: string): Html {
  const facts = [
    ...machineFacts(environment),
    ...clusterFacts(environment.cluster, clusterReason),
    ["Node.js", nodeVersion] as const,
    ...Object.entries(environment.tools).map(([tool, version]) => [tool, version ?? "not found"] as const),
  ];
  const rows = facts.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${value ?? NOT_COLLECTED}</td>
      </tr>`,
  );
  return scrollable(
    "Machine and cluster",
    html`<table>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

function machineFacts(environment: Environment): readonly Fact[] {
  const { cpuModel, cpus, arch, memory, link } = environment;
  return [
    ["CPU", `${cpuModel ?? NOT_COLLECTED}, ${cpus} CPUs, ${arch}`],
    ["Memory", formatValue(memory, "B")],
    ["Operating system", environment.os],
    ["Kernel", environment.kernel],
    ["CPU frequency governor", environment.governor],
    ["Virtualization", environment.virtualization],
    ["Congestion control", environment.congestionControl],
    ["Queuing discipline", link?.qdisc ?? null],
    ["Offloads", link?.offloads?.join(", ") ?? null],
  ];
}

function clusterFacts(cluster: Environment["cluster"], reason: string): readonly Fact[] {
  const { underlayMtu, underlayRate, underlayDelay, underlayLoss, minWarmUp } = cluster;
  return [
    ["Cluster", `${cluster.kind}, ${cluster.nodes} nodes (${reason})`],
    ["Isolation", cluster.isolation],
    ["Underlay MTU", underlayMtu === null ? null : formatValue(underlayMtu, "B")],
    ["Underlay rate", underlayRate == null ? "not limited" : formatValue(underlayRate, "bit/s")],
    ["Underlay delay", underlayDelay == null ? "none added" : `${formatValue(underlayDelay, "s")} one way`],
    ["Underlay loss", underlayLoss == null ? "none added" : `${formatValue(underlayLoss * 100, "%")} of packets`],
    ["Warm-up of iperf3 loads", describeWarmUp(minWarmUp)],
    ["Plugins of a block", describeInterleaving(cluster.interleaving)],
    ["All nodes on one machine", cluster.sameHost ? "yes" : "no"],
    ["CPUs kept awake during latency loads", describeAwake(cluster.keepAwake)],
    [
      "CPU time of loads",
      cluster.cpuAccounting === "processes" ? "of the cluster's processes" : "above the idle machine",
    ],
    ["Emulated nodes", cluster.emulated ? "yes" : "no"],
  ];
}

function describeWarmUp(minimum: number | undefined): string {
  if (minimum === undefined) return "omitted by iperf3";
  return minimum === 0 ? "trimmed as set by the suite" : `trimmed, at least ${formatValue(minimum, "s")}`;
}

function describeInterleaving(facts: Environment["cluster"]["interleaving"]): string {
  if (facts === undefined) return "measured one after the other";
  return facts.applied ? "measured in turn" : `measured one after the other: ${facts.reason}`;
}

function describeAwake(facts: Environment["cluster"]["keepAwake"]): string {
  if (facts === undefined) return "no";
  return facts.means === null ? `no: ${facts.reason}` : `yes: ${facts.means}`;
}

function pluginTable(facts: readonly PluginFacts[]): Html {
  const head = ["Plugin", "Version", "Encapsulation", "CNI versions", "Configuration (SHA-256)", "Binaries (SHA-256)"];
  const rows = facts.map(({ name, version, encapsulation, specVersions, configHash, binaries }) => {
    const files = binaries.map(
      (file) => html`<code title="${file.sha256}">${file.name} ${file.sha256.slice(0, 12)}</code> `,
    );
    const hash =
      configHash === null
        ? html`${NOT_COLLECTED}`
        : html`<code title="${configHash}">${configHash.slice(0, 12)}</code>`;
    return html`<tr>
      <th scope="row">${name}</th>
      <td>${version ?? NOT_COLLECTED}</td>
      <td>${encapsulation ?? NOT_COLLECTED}</td>
      <td>${specVersions?.join(", ") ?? NOT_COLLECTED}</td>
      <td>${hash}</td>
      <td>${files.length === 0 ? NOT_COLLECTED : files}</td>
    </tr>`;
  });
  return html`<h3>Plugins</h3>
    ${headedTable(
      "Plugins",
      head,
      html`<tbody>
        ${rows}
      </tbody>`,
    )}`;
}

/** Names the files that the page was rendered from. */
function provenance({ run, digests, summary }: ReportInput): Html | null {
  if (digests === undefined) return null;
  const files = Object.entries(digests).map(
    ([name, digest]) => html`<li>${name}: ${digest === null ? "none" : html`<code>${digest}</code>`}</li>`,
  );
  const omitted = isLarge({ summary })
    ? html`<p>The values of single blocks are not in this page; they are in the directory of run ${run.id}.</p>`
    : null;
  return html`<h3>Files</h3>
    <p>
      SHA-256 of the files that this page was rendered from. <code>cnibench verify</code> compares them and every number
      of the page with the run directory.
    </p>
    <ul>
      ${files}
    </ul>
    ${omitted}`;
}

function commandList(commands: ReportInput["commands"]): Html {
  if (commands.length === 0) return html`<p class="muted">No commands were stored for this run.</p>`;
  return html`${[...groupBy(commands, ({ scenario }) => scenario)].map(
    ([scenario, each]) =>
      html`<details>
        <summary>${scenario}</summary>
        ${each.map(
          ({ role, command }) =>
            html`<p class="role">${role}</p>
              <pre class="copy">${command}</pre>`,
        )}
      </details>`,
  )}`;
}
