/** What is told of a deployment itself: probes it answers, and spans it loses. */
import { event } from './event.ts';

export const probeAnswered = event<'requestId'>({
  name: 'probe',
  severity: 'INFO',
  description: 'A function has answered the test message that `verify-deploy` publishes.',
  text: ({ requestId }) => `Probe ${requestId} came through`,
  metrics: [{ name: 'probes', kind: 'counter', description: 'Probes that came through' }],
});

export const alarmRaised = event<'code' | 'reason' | 'verdict' | 'detail'>({
  name: 'alarm_raised',
  severity: 'WARNING',
  description: 'An incident has begun; it is told once, however many looks find it. `reason` is its key.',
  text: ({ detail, reason }) => `${detail} (${reason})`,
  severityOf: ({ verdict }) => (verdict === 'fail' ? 'ERROR' : 'WARNING'),
  metrics: [
    {
      name: 'alarms_raised',
      kind: 'counter',
      description: 'Incidents that have begun, by kind',
      labels: ['code', 'verdict'],
    },
  ],
});

export const alarmCleared = event<'code' | 'reason'>({
  name: 'alarm_cleared',
  severity: 'INFO',
  description: 'An incident that was told is over; `reason` is its key.',
  text: ({ reason }) => `${reason} is over`,
});

export const tracesLost = event<'detail'>({
  name: 'traces_lost',
  severity: 'WARNING',
  description: 'Spans did not reach the collector of traces; the work itself is not affected.',
  text: ({ detail }) => `Spans were lost: ${detail}`,
  metrics: [{ name: 'traces_lost', kind: 'counter', description: 'Exports of spans that failed' }],
});
