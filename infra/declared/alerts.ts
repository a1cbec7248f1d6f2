/**
 * Alert policies. An alert reports a problem that the pipeline does not repair by itself, and says what to
 * look at. Conditions use counts over time, so that a thousand failing messages raise one alert.
 */
import { metricType } from './metrics.ts';
import { SWEEP_MINUTES } from '../../shared/derive/service-kinds.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { subscriptionSpecs } from './subscriptions.ts';
import { deploymentName, functionNames, labelsOf, targetNames, type DeployTarget } from './target.ts';

/** An `AlertPolicy` of the monitoring API. */
export interface AlertSpec {
  /** Name of its file, without the ending. */
  readonly id: string;
  readonly policy: Readonly<Record<string, unknown>> & { readonly displayName: string };
}

/** Bytes billed in a day that raise an alert: half of what BigQuery gives free in a month. */
const BYTES_BILLED_PER_DAY = 512 * 1024 ** 3;

/** The alert policies of a deployment. */
export function alertSpecs(target: DeployTarget): AlertSpec[] {
  const subscriptions = subscriptionSpecs(target);
  const working = subscriptions.filter(({ deadLetter }) => deadLetter !== null).map(({ name }) => name);
  const deadLetters = subscriptions.filter(({ deadLetter }) => deadLetter === null).map(({ name }) => name);
  const functions = functionNames(target);
  const pubsub = (metric: string, names: readonly string[], also = ''): string =>
    `resource.type="pubsub_subscription" AND metric.type="pubsub.googleapis.com/subscription/${metric}" AND resource.labels.subscription_id=${oneOf(names)}${also}`;
  const logged = (metric: string, also = ''): string =>
    `resource.type="cloud_run_revision" AND metric.type="${metricType(target, metric)}"${also}`;
  return [
    alert(target, 'dead-letters', 'ERROR', {
      title: 'messages were set aside',
      look: '`fullcourt dead-letters` shows each with its reason; `fullcourt dead-letters replay ID` publishes it again.',
      condition: above(logged('dead_letters'), 0, {
        period: 300,
        aligner: 'ALIGN_DELTA',
        reducer: 'REDUCE_SUM',
      }),
    }),
    alert(target, 'incidents', 'ERROR', {
      title: 'the daily look has found an incident',
      look: '`fullcourt health` shows it with the command that ends it; `fullcourt mute KEY --until DATE --reason TEXT` silences it.',
      condition: above(logged('alarms_raised', ' AND metric.labels.verdict="fail"'), 0, {
        period: 300,
        aligner: 'ALIGN_DELTA',
        reducer: 'REDUCE_SUM',
      }),
    }),
    alert(target, 'dead-letters-waiting', 'ERROR', {
      title: 'messages that were set aside are not being kept',
      look: 'The function nba-dead-letter does not answer: look at its logs. The messages wait in the dead-letter subscriptions.',
      condition: above(pubsub('num_undelivered_messages', deadLetters), 0, {
        period: 300,
        aligner: 'ALIGN_MIN',
        duration: 900,
      }),
    }),
    alert(target, 'messages-waiting', 'WARNING', {
      title: 'messages have been waiting for an hour',
      look: 'Is the function of the subscription deployed, may the push account call it (`fullcourt verify-deploy`), and what do its logs say? A large backfill may rightly take that long.',
      condition: above(pubsub('oldest_unacked_message_age', working), 3600, {
        period: 300,
        aligner: 'ALIGN_MAX',
        duration: 300,
      }),
    }),
    alert(target, 'pushes-refused', 'ERROR', {
      title: 'pushes are refused',
      look: 'A function that may not be called (403), is not there (404) or does not know the subscription: run `fullcourt verify-deploy`, then `fullcourt deploy`.',
      condition: above(
        pubsub(
          'push_request_count',
          [...working, ...deadLetters],
          ' AND metric.labels.response_class="remote_server_4xx"',
        ),
        5,
        { period: 300, aligner: 'ALIGN_DELTA', reducer: 'REDUCE_SUM', duration: 600 },
      ),
    }),
    alert(target, 'functions-failing', 'WARNING', {
      title: 'a function answers with errors',
      look: 'The logs of the function, severity ERROR. Messages are delivered again by themselves, and set aside after the last try.',
      condition: above(
        `resource.type="cloud_run_revision" AND metric.type="run.googleapis.com/request_count" AND resource.labels.service_name=${oneOf(functions)} AND metric.labels.response_code_class="5xx"`,
        20,
        {
          period: 600,
          aligner: 'ALIGN_DELTA',
          reducer: 'REDUCE_SUM',
          groupBy: ['resource.label.service_name'],
        },
      ),
    }),
    alert(target, 'runs-failed', 'ERROR', {
      title: 'a run failed for good',
      look: '`fullcourt backfills show ID` or `fullcourt status --date D` names the partition and why; `fullcourt backfills retry ID` asks again.',
      condition: above(logged('runs_failed', ' AND metric.labels.status="permanent"'), 0, {
        period: 600,
        aligner: 'ALIGN_DELTA',
        reducer: 'REDUCE_SUM',
        groupBy: ['metric.label.table'],
      }),
    }),
    alert(target, 'trainings-failed', 'WARNING', {
      title: 'a training has failed',
      look: `The executions of the job ${TRAINING_JOB.name} and their logs: a model that fails a required check, or rows that could not be read. The champion still serves; \`fullcourt models\` shows what there is.`,
      condition: above(
        `resource.type="cloud_run_job" AND metric.type="run.googleapis.com/job/completed_execution_count" AND resource.labels.job_name="${targetNames(target).resource(TRAINING_JOB.name)}" AND metric.labels.result="failed"`,
        0,
        { period: 600, aligner: 'ALIGN_DELTA', reducer: 'REDUCE_SUM' },
      ),
    }),
    alert(target, 'partitions-reopened', 'ERROR', {
      title: 'the warehouse does not hold what was recorded',
      look: 'Somebody or something has changed rows behind the pipeline. The partitions are being built again; find out who.',
      condition: above(logged('partitions_reopened'), 0, {
        period: 600,
        aligner: 'ALIGN_DELTA',
        reducer: 'REDUCE_SUM',
        groupBy: ['metric.label.table'],
      }),
    }),
    alert(target, 'sweeps-missing', 'ERROR', {
      title: 'no sweep has finished for half an hour',
      look: `Every ${SWEEP_MINUTES} minutes one should. Is the schedule nba-sweep enabled, and what do the logs of the function nba-sweep say?`,
      condition: {
        displayName: 'no line sweep_finished',
        conditionAbsent: {
          filter: logged('sweeps_finished'),
          duration: '1800s',
          aggregations: [
            { alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_DELTA', crossSeriesReducer: 'REDUCE_SUM' },
          ],
          trigger: { count: 1 },
        },
      },
    }),
    alert(target, 'bytes-billed', 'WARNING', {
      title: 'BigQuery has billed more than half a tebibyte today',
      look: '`fullcourt plan` says what a backfill should cost. Who else queries this project?',
      condition: above(
        'resource.type="global" AND metric.type="bigquery.googleapis.com/query/scanned_bytes_billed"',
        BYTES_BILLED_PER_DAY,
        {
          period: 86_400,
          aligner: 'ALIGN_SUM',
          reducer: 'REDUCE_SUM',
        },
      ),
    }),
  ];
}

function alert(
  target: DeployTarget,
  id: string,
  severity: 'WARNING' | 'ERROR',
  what: {
    readonly title: string;
    readonly look: string;
    readonly condition: Readonly<Record<string, unknown>>;
  },
): AlertSpec {
  const where = target.prefix === '' ? '' : ` (${deploymentName(target)})`;
  return {
    id,
    policy: {
      displayName: `fullcourt${where}: ${what.title}`,
      combiner: 'OR',
      conditions: [what.condition],
      alertStrategy: { autoClose: '86400s' },
      documentation: { content: what.look, mimeType: 'text/markdown' },
      severity,
      userLabels: labelsOf(target),
      ...(target.notificationChannels.length === 0
        ? {}
        : { notificationChannels: target.notificationChannels }),
    },
  };
}

function above(
  filter: string,
  threshold: number,
  over: {
    readonly period: number;
    readonly aligner: string;
    readonly reducer?: string;
    readonly groupBy?: readonly string[];
    readonly duration?: number;
  },
): Record<string, unknown> {
  return {
    displayName: `above ${threshold}`,
    conditionThreshold: {
      filter,
      comparison: 'COMPARISON_GT',
      thresholdValue: threshold,
      duration: `${over.duration ?? 0}s`,
      aggregations: [
        {
          alignmentPeriod: `${over.period}s`,
          perSeriesAligner: over.aligner,
          ...(over.reducer === undefined ? {} : { crossSeriesReducer: over.reducer }),
          ...(over.groupBy === undefined ? {} : { groupByFields: over.groupBy }),
        },
      ],
      trigger: { count: 1 },
    },
  };
}

/** A filter expression of the monitoring API that matches any of `values`. */
export function oneOf(values: readonly string[]): string {
  return `one_of(${values.map((value) => `"${value}"`).join(',')})`;
}
