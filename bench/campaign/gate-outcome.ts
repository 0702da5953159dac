/** Counts the exit codes of the gates of a campaign, and compares them with those that they must have. Pure. */
import { markdownTable } from "../statistics/outcome.ts";
import type { GateSeries } from "./gate-series.ts";

/** The result of one gate. */
export interface MeasuredGate {
  readonly series: GateSeries["name"];
  readonly exitCode: number;
  /** Number of suspected regressions: those that the first measurement shows. */
  readonly suspects: number;
}

export interface GateFigures {
  readonly series: GateSeries["name"];
  readonly change: string;
  readonly expected: number;
  readonly gates: number;
  /** Number of gates by exit code. */
  readonly exitCodes: Readonly<Record<string, number>>;
  /** Number of gates with a regression in the first measurement. */
  readonly suspicious: number;
  /** Whether all gates have the expected exit code. */
  readonly isMet: boolean;
}

/** The result of the campaign, which is also its JSON summary. */
export interface GateCampaign {
  readonly series: readonly GateFigures[];
  readonly isMet: boolean;
}

export function gateOutcomeOf(series: readonly GateSeries[], measured: readonly MeasuredGate[]): GateCampaign {
  const figures = series.map(({ name, change, expected }): GateFigures => {
    const own = measured.filter((gate) => gate.series === name);
    const codes = [...new Set(own.map(({ exitCode }) => exitCode))].sort((a, b) => a - b);
    const count = (code: number): number => own.filter(({ exitCode }) => exitCode === code).length;
    return {
      ...{ series: name, change, expected, gates: own.length },
      exitCodes: Object.fromEntries(codes.map((code) => [code, count(code)])),
      suspicious: own.filter(({ suspects }) => suspects > 0).length,
      isMet: count(expected) === own.length,
    };
  });
  return { series: figures, isMet: figures.every(({ isMet }) => isMet) };
}

/** Returns the figures as Markdown. */
export function gateMarkdown({ series }: GateCampaign): string {
  const header = ["change", "gates", "suspicious at first", "exit codes", "expected", "met"];
  const rows = series.map(({ change, gates, suspicious, exitCodes, expected, isMet }) => {
    const codes = Object.entries(exitCodes).map(([code, count]) => `${code}: ${count}`);
    return [change, String(gates), String(suspicious), codes.join(", ") || "-", String(expected), isMet ? "yes" : "NO"];
  });
  return markdownTable(header, rows);
}
