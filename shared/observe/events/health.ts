/** What is told of a deployment itself: probes it answers, and spans it loses. */
import { event } from './event.ts';

export const probeAnswered = event<'requestId'>({
  name: 'probe',
  severity: 'INFO',
  description: 'A function has answered the test message that `verify-deploy` publishes.',
  text: ({ requestId }) => `Probe ${requestId} came through`,
  metrics: [{ name: 'probes', kind: 'counter', description: 'Probes that came through' }],
});

export const tracesLost = event<'detail'>({
  name: 'traces_lost',
  severity: 'WARNING',
  description: 'Spans did not reach the collector of traces; the work itself is not affected.',
  text: ({ detail }) => `Spans were lost: ${detail}`,
  metrics: [{ name: 'traces_lost', kind: 'counter', description: 'Exports of spans that failed' }],
});
