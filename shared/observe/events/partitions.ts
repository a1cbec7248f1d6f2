/** What is told of partitions: failed, reopened, held back by a gate, recorded after a run. */
import { event, span } from './event.ts';

export const partitionFailed = event<'table' | 'date' | 'runId' | 'mode' | 'backfillId' | 'reason'>({
  name: 'partition_failed',
  severity: 'WARNING',
  description: 'One date of a table could not be built. The partitions that read it wait and name it.',
  text: ({ table, date, reason }) => `${table}@${date} failed: ${reason}`,
  metrics: [
    {
      name: 'partitions_failed',
      kind: 'counter',
      description: 'Dates of tables that could not be built',
      labels: ['table', 'mode'],
    },
  ],
});

export const partitionReopened = event<'table' | 'date' | 'reason'>({
  name: 'partition_reopened',
  severity: 'ERROR',
  description:
    'The warehouse does not hold the rows that a completion document records. The partition is built again.',
  text: ({ table, date, reason }) => `${table}@${date} is reopened: ${reason}`,
  metrics: [
    {
      name: 'partitions_reopened',
      kind: 'counter',
      description: 'Partitions whose rows are not what was recorded',
      labels: ['table'],
    },
  ],
});

export const gateClosed = event<'table' | 'dates' | 'gate' | 'verdict' | 'detail'>({
  name: 'gate_closed',
  severity: 'WARNING',
  description: 'The row-count gate of a run answered blocked or unknown. The sweep asks again.',
  text: ({ table, dates, verdict, detail }) => `${table} is ${verdict} for ${span(dates)}: ${detail}`,
  metrics: [
    {
      name: 'gates_closed',
      kind: 'counter',
      description: 'Gates that did not pass',
      labels: ['table', 'verdict'],
    },
  ],
});

export const completionRecorded = event<'runId' | 'table' | 'mode' | 'backfillId' | 'dates' | 'changed'>({
  name: 'completion_recorded',
  severity: 'INFO',
  description:
    'What became of a run is written to the completion documents. `changed` counts the partitions that it settled.',
  text: ({ table, dates, changed }) => `${table} is recorded for ${span(dates)}: ${changed} changed`,
});

export const completionSuperseded = event<'runId' | 'table' | 'dates'>({
  name: 'completion_superseded',
  severity: 'INFO',
  description: 'A run ended after a newer one had been asked for. What it says of these dates is ignored.',
  text: ({ table, dates, runId }) => `${runId} is superseded for ${table}, ${span(dates)}`,
  metrics: [
    {
      name: 'completions_superseded',
      kind: 'counter',
      description: 'Answers that came after a newer request',
      labels: ['table'],
    },
  ],
});

export const completionLost = event<'runId' | 'table' | 'dates'>({
  name: 'completion_lost',
  severity: 'WARNING',
  description: 'The announcement of a run never arrived. Its partitions can be asked for again.',
  text: ({ table, dates, runId }) => `The answer of ${runId} was lost; ${table} is free for ${span(dates)}`,
  metrics: [
    {
      name: 'completions_lost',
      kind: 'counter',
      description: 'Announcements that never arrived',
      labels: ['table'],
    },
  ],
});
