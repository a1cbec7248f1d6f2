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

export const reconcileFailed = event<'detail'>({
  name: 'reconcile_failed',
  severity: 'WARNING',
  description: 'Documents could not be compared with the warehouse.',
  text: ({ detail }) => `The warehouse could not be compared with the documents: ${detail}`,
  metrics: [{ name: 'reconciles_failed', kind: 'counter', description: 'Comparisons that failed' }],
});
