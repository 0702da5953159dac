/** The setup behind the numbers: plan, machine, cluster, plugins and the exact commands. */
import { groupBy } from "../../core/group.ts";
import type { Environment, PluginFacts } from "../../results/index.ts";
import { formatValue } from "../format.ts";
import type { Text } from "../language/text.ts";
import { isLarge } from "./embedded.ts";
import { shellCommand } from "../repeat-command.ts";
import type { ReportInput } from "../report.ts";
import { comparedFacts } from "./differing-facts.ts";
import { foldedSection } from "./fold.ts";
import { clusterFacts, type Fact } from "./cluster-facts.ts";
import { html } from "./markup.ts";
import type { Bilingual, Content, Html } from "./markup.ts";
import { noiseSection } from "./noise-section.ts";
import { planSection } from "./plan-section.ts";
import { headedTable, scrollable } from "./table.ts";

const NOT_COLLECTED: Text = { en: "not collected", zh: "未收集" };
const NOT_FOUND: Text = { en: "not found", zh: "未找到" };

/**
 * Returns the sections with the plan, the environment and the commands of a run.
 * @param plugins of all runs of the page, so that each has one color in the page
 */
export function setupSection(input: ReportInput, prefix: string, plugins = input.run.plan.plugins): Html {
  const { run, commands } = input;
  const commandTitle = { en: "Command line of this run:", zh: "本次运行的命令行：" };
  return html`${planSection(run, prefix)}
  ${foldedSection(`${prefix}setup`, { en: "Environment", zh: "环境" }, environmentContent(input, plugins))}
  ${foldedSection(
    `${prefix}commands`,
    { en: "Commands", zh: "命令" },
    html`<p>${commandTitle}</p>
      <pre class="copy">${shellCommand(run.command)}</pre>
      <p>${RAW_OUTPUT}</p>
      ${commandList(commands)} ${provenance(input)}
      <div class="downloads" data-samples="${isLarge(input) ? "omitted" : "embedded"}"></div>`,
  )}`;
}

const RAW_OUTPUT: Bilingual = {
  en: html`The output of every tool is stored in the run directory under <code>raw/</code>.`,
  zh: html`每个工具的输出都存储在运行目录的 <code>raw/</code> 下。`,
};

function environmentContent({ run, summary }: ReportInput, plugins: readonly string[]): Html {
  const { environment, plan, versions, noiseCard } = run;
  const facts =
    environment === null
      ? html`<p class="muted">${{ en: "The environment was not collected.", zh: "未收集环境信息。" }}</p>`
      : html`${comparedFacts(plan.plugins, environment.plugins, summary.cells, plugins)}
        ${machineTable(environment, plan.clusterReason, versions.node)} ${pluginFiles(environment.plugins)}`;
  return html`${facts} ${noiseSection(noiseCard)}`;
}

function machineTable(environment: Environment, clusterReason: string, nodeVersion: string): Html {
  const facts: readonly Fact[] = [
    ...machineFacts(environment),
    ...clusterFacts(environment.cluster, clusterReason),
    ["Node.js", nodeVersion],
    ...Object.entries(environment.tools).map(([tool, version]) => [tool, version ?? NOT_FOUND] as const),
  ];
  const rows = facts.map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td>${value === null ? NOT_COLLECTED : isolated(value)}</td>
      </tr>`,
  );
  return scrollable(
    { en: "Machine and cluster", zh: "机器与集群" },
    html`<table>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

/** Isolates text that is not from cnibench. */
function isolated(value: Content): Content {
  return typeof value === "string" ? html`<bdi>${value}</bdi>` : value;
}

function machineFacts(environment: Environment): readonly Fact[] {
  const { cpuModel, cpus, arch, memory, link } = environment;
  const model = html`<bdi>${cpuModel}</bdi>`;
  return [
    [
      "CPU",
      {
        en: html`${cpuModel === null ? NOT_COLLECTED.en : model}, ${cpus} CPUs, ${arch}`,
        zh: html`${cpuModel === null ? NOT_COLLECTED.zh : model}，${cpus} 个 CPU，${arch}`,
      },
    ],
    [{ en: "Memory", zh: "内存" }, formatValue(memory, "B")],
    [{ en: "Operating system", zh: "操作系统" }, environment.os],
    [{ en: "Kernel", zh: "内核" }, environment.kernel],
    [{ en: "CPU frequency governor", zh: "CPU 调频策略" }, environment.governor],
    [{ en: "Virtualization", zh: "虚拟化" }, environment.virtualization],
    [{ en: "Congestion control", zh: "拥塞控制" }, environment.congestionControl],
    [{ en: "Queuing discipline", zh: "排队规则" }, link?.qdisc ?? null],
    [{ en: "Offloads", zh: "硬件卸载" }, link?.offloads?.join(", ") ?? null],
  ];
}

/** Returns the digests of the configuration and the binaries of each plugin. */
function pluginFiles(facts: readonly PluginFacts[]): Html {
  const head: readonly Text[] = [
    { en: "Plugin", zh: "插件" },
    { en: "Configuration (SHA-256)", zh: "配置（SHA-256）" },
    { en: "Binaries (SHA-256)", zh: "二进制文件（SHA-256）" },
  ];
  const rows = facts.map(({ name, configHash, binaries }) => {
    const files = binaries.map(
      (file) => html`<code title="${file.sha256}">${file.name} ${file.sha256.slice(0, 12)}</code> `,
    );
    const hash =
      configHash === null ? NOT_COLLECTED : html`<code title="${configHash}">${configHash.slice(0, 12)}</code>`;
    return html`<tr>
      <th scope="row"><bdi>${name}</bdi></th>
      <td>${hash}</td>
      <td>${files.length === 0 ? NOT_COLLECTED : files}</td>
    </tr>`;
  });
  const title = { en: "Files of the plugins", zh: "插件的文件" };
  return html`<h3>${title}</h3>
    ${headedTable(
      title,
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
    ([name, digest]) =>
      html`<li><bdi>${name}</bdi>: ${digest === null ? { en: "none", zh: "无" } : html`<code>${digest}</code>`}</li>`,
  );
  const omitted = {
    en: `The values of single blocks are not in this page; they are in the directory of run ${run.id}.`,
    zh: `本页面不含各区组的值；它们位于运行 ${run.id} 的目录中。`,
  };
  const verify = html`<code>cnibench verify</code>`;
  const purpose = {
    en: html`SHA-256 of the files that this page was rendered from. ${verify} compares them and every number of the page
    with the run directory.`,
    zh: html`生成本页面所用文件的 SHA-256。${verify} 会将这些文件以及页面中的每个数值与运行目录进行比较。`,
  };
  return html`<h3>${{ en: "Files", zh: "文件" }}</h3>
    <p>${purpose}</p>
    <ul>
      ${files}
    </ul>
    ${isLarge({ summary }) ? html`<p>${omitted}</p>` : null}`;
}

function commandList(commands: ReportInput["commands"]): Html {
  if (commands.length === 0)
    return html`<p class="muted">
      ${{ en: "No commands were stored for this run.", zh: "本次运行没有存储任何命令。" }}
    </p>`;
  return html`${[...groupBy(commands, ({ scenario }) => scenario)].map(
    ([scenario, each]) =>
      html`<details>
        <summary><bdi>${scenario}</bdi></summary>
        ${each.map(
          ({ role, command }) =>
            html`<p class="role">${roleLabel(role)}</p>
              <pre class="copy">${command}</pre>`,
        )}
      </details>`,
  )}`;
}

function roleLabel(role: string): Content {
  if (role === "client") return { en: role, zh: "客户端" };
  if (role === "server") return { en: role, zh: "服务器" };
  return html`<bdi>${role}</bdi>`;
}
