/** Log-based metrics. Cloud Logging counts the events that the functions log. */
import { functionNames, targetNames, type DeployTarget } from './target.ts';

/** An event and its metrics, as `shared/observe/events` declares them. */
export interface EventWithMetrics {
  readonly name: string;
  readonly metrics: readonly {
    readonly name: string;
    readonly kind: 'counter' | 'distribution';
    readonly description: string;
    readonly unit: string;
    readonly labels: readonly string[];
    readonly value?: string;
  }[];
}

/** A `LogMetric` of the logging API. */
export interface MetricSpec {
  readonly name: string;
  readonly description: string;
  readonly filter: string;
  readonly labelExtractors: Readonly<Record<string, string>>;
  readonly valueExtractor?: string;
  readonly metricDescriptor: {
    readonly metricKind: 'DELTA';
    readonly valueType: 'INT64' | 'DISTRIBUTION';
    readonly unit: string;
    readonly labels: readonly { readonly key: string; readonly valueType: 'STRING' }[];
  };
}

/** Name of a metric in the project: `fullcourt_runs_failed`, or `staging_fullcourt_runs_failed`. */
function metricName(target: Pick<DeployTarget, 'prefix'>, name: string): string {
  return `${targetNames(target).prefix}fullcourt_${name}`;
}

/** The type of a metric, by which charts and alerts name it. */
export function metricType(target: Pick<DeployTarget, 'prefix'>, name: string): string {
  return `logging.googleapis.com/user/${metricName(target, name)}`;
}

/** The metrics of a deployment: they count only events of its own functions. */
export function metricSpecs(target: DeployTarget, events: readonly EventWithMetrics[]): MetricSpec[] {
  const functions = functionNames(target)
    .map((name) => `"${name}"`)
    .join(' OR ');
  return events.flatMap((event) =>
    event.metrics.map((metric): MetricSpec => ({
      name: metricName(target, metric.name),
      description: metric.description,
      filter: `resource.type="cloud_run_revision" AND resource.labels.service_name=(${functions}) AND jsonPayload.event="${event.name}"`,
      labelExtractors: Object.fromEntries(
        metric.labels.map((label) => [label, `EXTRACT(jsonPayload.${label})`]),
      ),
      ...(metric.value === undefined ? {} : { valueExtractor: `EXTRACT(jsonPayload.${metric.value})` }),
      metricDescriptor: {
        metricKind: 'DELTA',
        valueType: metric.kind === 'counter' ? 'INT64' : 'DISTRIBUTION',
        unit: metric.unit,
        labels: metric.labels.map((key) => ({ key, valueType: 'STRING' })),
      },
    })),
  );
}
