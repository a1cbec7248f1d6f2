/** What is told of the sweep, the scheduled look at what was left behind. */
import { event } from './event.ts';

export const sweepFinished = event<'runs' | 'seconds'>({
  name: 'sweep_finished',
  severity: 'INFO',
  description: 'A sweep is done. When this line stays away, the schedule of the sweep does not work.',
  text: ({ runs, seconds }) => `Sweep done in ${seconds} s; asked for ${runs} runs`,
  metrics: [{ name: 'sweeps_finished', kind: 'counter', description: 'Sweeps done: a heartbeat' }],
});

export const sweepAskedAgain = event<'runIds' | 'runs'>({
  name: 'sweep_asked_again',
  severity: 'WARNING',
  description:
    'Runs were asked for again because their lease was over or because no process had claimed them.',
  text: ({ runs }) => `The sweep asked again for ${runs} runs`,
  metrics: [
    { name: 'sweeps_asked_again', kind: 'counter', description: 'Sweeps that found runs left behind' },
  ],
});

export const gapsFound = event<'failures' | 'changed' | 'backfillId' | 'detail'>({
  name: 'gaps_found',
  severity: 'WARNING',
  description:
    'The daily look has found holes: `failures` of them, of which `changed` were asked for by the backfill.',
  text: ({ failures, changed, detail }) => `${failures} holes, ${changed} asked for: ${detail}`,
  metrics: [{ name: 'gaps_found', kind: 'counter', description: 'Daily looks that found holes' }],
});

export const gapsFailed = event<'detail'>({
  name: 'gaps_failed',
  severity: 'WARNING',
  description: 'The daily look for holes could not be made.',
  text: ({ detail }) => `Nobody could look for holes: ${detail}`,
});

export const reconcileFailed = event<'detail'>({
  name: 'reconcile_failed',
  severity: 'WARNING',
  description: 'Documents could not be compared with the warehouse.',
  text: ({ detail }) => `The warehouse could not be compared with the documents: ${detail}`,
  metrics: [{ name: 'reconciles_failed', kind: 'counter', description: 'Comparisons that failed' }],
});
