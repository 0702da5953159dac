/** On what the numbers rest: machine, cluster, plugins, and the exact commands. */
import { quoteArgv } from "../../core/quote.ts";
import type { Environment, PluginFacts } from "../../results/record.ts";
import { formatValue } from "../format.ts";
import type { ReportInput } from "../report.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { scrollable } from "./table.ts";

const NOT_COLLECTED = "not collected";

export function setupSection({ run, commands }: ReportInput, prefix: string): Html {
  const { environment, plan } = run;
  const facts =
    environment === null
      ? html`<p class="muted">The environment was not collected.</p>`
      : html`${machineTable(environment, plan.clusterReason, run.versions.node)}${pluginTable(environment.plugins)}`;
  return html`<section id="${prefix}setup">
      <h2>Environment and parity</h2>
      ${facts}
    </section>
    <section id="${prefix}commands">
      <h2>Exact commands</h2>
      <p>This run:</p>
      <pre class="copy">${quoteArgv(run.command)}</pre>
      <p>
        Same order of plugins in the blocks: <code>--seed ${run.seed}</code>. Outputs of the tools are kept in the run
        folder under <code>raw/</code>.
      </p>
      ${commandList(commands)}
    </section>`;
}

function machineTable(environment: Environment, clusterReason: string, node: string): Html {
  const { cluster, tools } = environment;
  const facts: (readonly [string, string | null])[] = [
    ["Processor", `${environment.cpuModel ?? NOT_COLLECTED}, ${environment.cpus} CPUs, ${environment.arch}`],
    ["Memory", formatValue(environment.memory, "B")],
    ["System", environment.os],
    ["Kernel", environment.kernel],
    ["Frequency governor", environment.governor],
    ["Virtualization", environment.virtualization],
    ["Congestion control", environment.congestionControl],
    ["Queueing discipline", environment.link?.qdisc ?? null],
    ["Offloads", environment.link?.offloads?.join(", ") ?? null],
    ["Cluster", `${cluster.kind}, ${cluster.nodes} nodes (${clusterReason})`],
    ["Isolation", cluster.isolation],
    ["Underlay MTU", cluster.underlayMtu === null ? null : formatValue(cluster.underlayMtu, "B")],
    ["Underlay rate", cluster.underlayRate == null ? "not limited" : formatValue(cluster.underlayRate, "bit/s")],
    [
      "Underlay delay",
      cluster.underlayDelay == null ? "none added" : `${formatValue(cluster.underlayDelay, "s")} one way`,
    ],
    [
      "Underlay loss",
      cluster.underlayLoss == null ? "none added" : `${formatValue(cluster.underlayLoss * 100, "%")} of the packets`,
    ],
    ["Nodes share one machine", cluster.sameHost ? "yes" : "no"],
    ["Emulated", cluster.emulated ? "yes" : "no"],
    ["Node.js", node],
    ...Object.entries(tools).map(([tool, version]) => [tool, version ?? "not there"] as const),
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
  const table = html`<table>
    <thead>
      <tr>
        ${head.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
  return html`<h3>Plugins</h3>
    ${scrollable("Plugins", table)}`;
}

function commandList(commands: ReportInput["commands"]): Html {
  if (commands.length === 0) return html`<p class="muted">No commands are stored with this run.</p>`;
  const scenarios = new Map<string, Html[]>();
  for (const { scenario, role, command } of commands) {
    const shown = html`<p class="role">${role}</p>
      <pre class="copy">${command}</pre>`;
    scenarios.set(scenario, [...(scenarios.get(scenario) ?? []), shown]);
  }
  return html`${[...scenarios].map(
    ([scenario, shown]) =>
      html`<details>
        <summary>${scenario}</summary>
        ${shown}
      </details>`,
  )}`;
}
