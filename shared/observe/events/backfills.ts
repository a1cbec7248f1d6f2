/** What is told of backfills: begun, refused, extended, ended. */
import { counted } from '../../domain/counted.ts';
import { event } from './event.ts';

export const backfillStarted = event<'backfillId' | 'traceId' | 'runs' | 'dateCounts'>({
  name: 'backfill_started',
  severity: 'INFO',
  description: 'A backfill request was planned, written down and begun.',
  text: ({ backfillId, runs, dateCounts }) =>
    `Backfill ${backfillId} started: ${runs} runs for ${dateCounts['processable'] ?? 0} dates`,
  metrics: [{ name: 'backfills_started', kind: 'counter', description: 'Backfills begun' }],
});

export const backfillExtended = event<'backfillId' | 'status' | 'runs'>({
  name: 'backfill_extended',
  severity: 'INFO',
  description:
    'The plan of a backfill has grown by dates that became due (`status` main) or by later dates that became stale (`status` restate).',
  text: ({ backfillId, status, runs }) => `Backfill ${backfillId} goes on (${status}): ${runs} more runs`,
});

export const backfillOfOtherCode = event<'backfillId' | 'tables'>({
  name: 'backfill_of_other_code',
  severity: 'WARNING',
  description:
    'The plan of a backfill has tables that this code does not have. It does what it can of the plan, and the code that has the tables does the rest. It is told once for each table of a backfill.',
  text: ({ backfillId, tables }) =>
    `The plan of backfill ${backfillId} has tables that this code does not have (${tables.join(', ')}). It stays open for the code that has them; if that code will not come, end it with: fullcourt backfills cancel ${backfillId}`,
});

export const backfillFinished = event<'backfillId' | 'status' | 'failures' | 'seconds'>({
  name: 'backfill_finished',
  severity: 'INFO',
  severityOf: ({ failures }) => (failures > 0 ? 'WARNING' : 'INFO'),
  description: 'A backfill has ended. `status` is done, done_with_failures or cancelled.',
  text: ({ backfillId, status, failures, seconds }) =>
    `Backfill ${backfillId} is ${status} after ${seconds} s${failures > 0 ? `; ${counted(failures, 'partition failed or is blocked', 'partitions failed or are blocked')}` : ''}`,
  metrics: [
    {
      name: 'backfills_finished',
      kind: 'counter',
      description: 'Backfills ended, by how',
      labels: ['status'],
    },
    {
      name: 'backfill_seconds',
      kind: 'distribution',
      description: 'From the request of a backfill to its verdict',
      unit: 's',
      value: 'seconds',
      labels: ['status'],
    },
  ],
});

export const backfillRefused = event<'backfillId' | 'reason'>({
  name: 'backfill_refused',
  severity: 'WARNING',
  description:
    'A backfill was not begun because its inputs are missing (NO-GO); the reason says what fills them.',
  text: ({ backfillId, reason }) => `Backfill ${backfillId} was not started: ${reason}`,
  metrics: [{ name: 'backfills_refused', kind: 'counter', description: 'Backfills not begun: NO-GO' }],
});

export const backfillDryRun = event<'backfillId' | 'runs' | 'dateCounts'>({
  name: 'backfill_dry_run',
  severity: 'INFO',
  description: 'A request with `dryRun` was planned; nothing was written.',
  text: ({ backfillId, runs }) => `Backfill ${backfillId} would make ${runs} runs`,
});
