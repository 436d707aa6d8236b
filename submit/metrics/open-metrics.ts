import type { Metric } from './job-metrics.js';

/**
 * Metrics of a job as text for a scraper: OpenMetrics 1.0, whose lines are also those of Prometheus' own format, in which
 * `# UNIT` and `# EOF` are comments. The label `job` is Prometheus' own, so that of the job is `job_name`.
 */
export function formatOpenMetrics(job: string, metrics: readonly Metric[]): string {
  const lines = metrics.flatMap(({ name, help, unit, samples }) => [
    `# HELP ${name} ${escaped(help)}`,
    `# TYPE ${name} gauge`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    ...samples.map(({ labels, value }) => `${name}{${labelsOf({ job_name: job, ...labels })}} ${value}`),
  ]);
  return [...lines, '# EOF', ''].join('\n');
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
