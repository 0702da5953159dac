/** A noise card of an imaginary machine. */
import type { NoiseCard, NoiseMachine, NoiseMetric } from "../../results/noise/noise-card.ts";

export const SAMPLE_MACHINE: NoiseMachine = {
  kernel: "6.1.0-18-cloud-amd64",
  cpuModel: "Sample CPU",
  cpus: 2,
  arch: "x64",
  cnibench: "1.2.3",
};

export function sampleMetric(given: Partial<NoiseMetric> = {}): NoiseMetric {
  return {
    scenario: "tcp-1",
    runner: "iperf3",
    params: { streams: 1, omit: 0.2 },
    path: "cross-node",
    metric: "throughput",
    unit: "bit/s",
    repetitions: 2,
    deployments: 20,
    median: 20e9,
    between: 0.03,
    within: 0.02,
    paired: 0.05,
    drift: 0.98,
    drifts: false,
    modes: { count: 1, p: 0.7 },
    betweenRuns: null,
    busy: false,
    ...given,
  };
}

export function sampleNoiseCard(given: Partial<NoiseCard> = {}): NoiseCard {
  return {
    schemaVersion: 1,
    measuredAt: "2026-03-01T12:00:00.000Z",
    machine: SAMPLE_MACHINE,
    plugin: "bridge",
    cluster: "netns",
    duration: 1,
    runs: 1,
    blocks: 10,
    secondsPerBlock: 16,
    metrics: [sampleMetric()],
    ...given,
  };
}
