/** The dashboard of a deployment in Cloud Monitoring. */
import { oneOf } from './alerts.ts';
import { metricType } from './metrics.ts';
import { subscriptionSpecs } from './subscriptions.ts';
import { deploymentName, functionNames, labelsOf, type DeployTarget } from './target.ts';

/** A `Dashboard` of the monitoring API. */
export type DashboardSpec = Readonly<Record<string, unknown>> & { readonly displayName: string };

interface Chart {
  readonly title: string;
  readonly filter: string;
  readonly aligner: string;
  readonly reducer: string;
  readonly groupBy?: string;
  readonly plot?: 'LINE' | 'STACKED_BAR';
  readonly unit?: string;
}

const COLUMNS = 48;
const WIDTH = COLUMNS / 2;
const HEIGHT = 14;

/** The dashboard, with two charts in a row. */
export function dashboardSpec(target: DeployTarget): DashboardSpec {
  const charts = chartsOf(target);
  return {
    displayName: dashboardName(target),
    labels: labelsOf(target),
    mosaicLayout: {
      columns: COLUMNS,
      tiles: charts.map((chart, i) => ({
        xPos: (i % 2) * WIDTH,
        yPos: Math.floor(i / 2) * HEIGHT,
        width: WIDTH,
        height: HEIGHT,
        widget: widgetOf(chart),
      })),
    },
  };
}

/** The display name of the dashboard: `fullcourt`, or `fullcourt (staging)`. */
function dashboardName(target: DeployTarget): string {
  return target.prefix === '' ? 'fullcourt' : `fullcourt (${deploymentName(target)})`;
}

function chartsOf(target: DeployTarget): Chart[] {
  const subscriptions = subscriptionSpecs(target);
  const working = oneOf(
    subscriptions.filter(({ deadLetter }) => deadLetter !== null).map(({ name }) => name),
  );
  const functions = oneOf(functionNames(target));
  const logged = (metric: string): string =>
    `resource.type="cloud_run_revision" AND metric.type="${metricType(target, metric)}"`;
  const pubsub = (metric: string): string =>
    `resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/${metric}" AND resource.labels.subscription_id=${working}`;
  const run = (metric: string): string =>
    `resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/${metric}" AND resource.labels.service_name=${functions}`;
  const firestore = (metric: string): string =>
    `resource.type="firestore.googleapis.com/Database" AND metric.type="firestore.googleapis.com/document/${metric}" AND resource.labels.database_id="${target.database}"`;
  const counted = { aligner: 'ALIGN_DELTA', reducer: 'REDUCE_SUM', plot: 'STACKED_BAR' } as const;
  const largest = { aligner: 'ALIGN_MAX', reducer: 'REDUCE_MAX', plot: 'LINE' } as const;
  return [
    {
      title: 'Runs settled, by status',
      filter: logged('runs_finished'),
      groupBy: 'metric.label.status',
      ...counted,
    },
    {
      title: 'Runs settled, by table',
      filter: logged('runs_finished'),
      groupBy: 'metric.label.table',
      ...counted,
    },
    {
      title: 'Attempts that failed, by reason',
      filter: logged('runs_failed'),
      groupBy: 'metric.label.code',
      ...counted,
    },
    {
      title: 'Dates that failed, by table',
      filter: logged('partitions_failed'),
      groupBy: 'metric.label.table',
      ...counted,
    },
    {
      title: 'Seconds of a run, 95th percentile by table',
      filter: logged('run_seconds'),
      aligner: 'ALIGN_PERCENTILE_95',
      reducer: 'REDUCE_MAX',
      groupBy: 'metric.label.table',
    },
    {
      title: 'Backfills ended, by verdict',
      filter: logged('backfills_finished'),
      groupBy: 'metric.label.status',
      ...counted,
    },
    {
      title: 'Messages waiting',
      filter: pubsub('num_undelivered_messages'),
      groupBy: 'resource.label.subscription_id',
      ...largest,
    },
    {
      title: 'Age of the oldest message that waits',
      filter: pubsub('oldest_unacked_message_age'),
      groupBy: 'resource.label.subscription_id',
      unit: 's',
      ...largest,
    },
    {
      title: 'Answers to pushes',
      filter: pubsub('push_request_count'),
      groupBy: 'metric.label.response_class',
      ...counted,
    },
    {
      title: 'Messages set aside',
      filter: logged('dead_letters'),
      groupBy: 'metric.label.subscription',
      ...counted,
    },
    {
      title: 'Gates that did not pass',
      filter: logged('gates_closed'),
      groupBy: 'metric.label.table',
      ...counted,
    },
    { title: 'Sweeps', filter: logged('sweeps_finished'), ...counted },
    {
      title: 'Instances',
      filter: run('container/instance_count'),
      groupBy: 'resource.label.service_name',
      aligner: 'ALIGN_MAX',
      reducer: 'REDUCE_SUM',
    },
    {
      title: 'Memory of instances, 99th percentile',
      filter: run('container/memory/utilizations'),
      aligner: 'ALIGN_PERCENTILE_99',
      reducer: 'REDUCE_MAX',
      groupBy: 'resource.label.service_name',
    },
    {
      title: 'Bytes billed by BigQuery',
      filter: 'resource.type="global" AND metric.type="bigquery.googleapis.com/query/scanned_bytes_billed"',
      aligner: 'ALIGN_SUM',
      reducer: 'REDUCE_SUM',
      plot: 'STACKED_BAR',
      unit: 'By',
    },
    { title: 'Documents written', filter: firestore('write_count'), ...counted },
  ];
}

function widgetOf(chart: Chart): Record<string, unknown> {
  return {
    title: chart.title,
    xyChart: {
      dataSets: [
        {
          plotType: chart.plot ?? 'LINE',
          targetAxis: 'Y1',
          timeSeriesQuery: {
            ...(chart.unit === undefined ? {} : { unitOverride: chart.unit }),
            timeSeriesFilter: {
              filter: chart.filter,
              aggregation: {
                alignmentPeriod: '300s',
                perSeriesAligner: chart.aligner,
                crossSeriesReducer: chart.reducer,
                ...(chart.groupBy === undefined ? {} : { groupByFields: [chart.groupBy] }),
              },
            },
          },
        },
      ],
      timeshiftDuration: '0s',
      yAxis: { scale: 'LINEAR' },
    },
  };
}
