/** What is told of live fetches: what was asked, what was not answered, and who was asked in whose place. */
import { event } from './event.ts';

export const fetchAsked = event<
  'fetchId' | 'date' | 'source' | 'status' | 'entries' | 'seconds' | 'occasion'
>({
  name: 'fetch_asked',
  severity: 'INFO',
  description:
    'A live source was asked about a date; `status` is the worst that became of one of its questions.',
  text: ({ source, date, status, entries, seconds }) =>
    `${source} was asked about ${date}: ${status}, ${entries} answers in ${seconds.toFixed(1)} s`,
  metrics: [
    {
      name: 'fetches_asked',
      kind: 'counter',
      description: 'Sources asked, by source and by what became of it',
      labels: ['source', 'status'],
    },
    {
      name: 'fetch_seconds',
      kind: 'distribution',
      description: 'Seconds that a source took to answer',
      unit: 's',
      labels: ['source'],
      value: 'seconds',
    },
  ],
});

export const fetchRefused = event<'fetchId' | 'date' | 'source' | 'status' | 'targets' | 'detail'>({
  name: 'fetch_refused',
  severity: 'WARNING',
  description:
    'A live source has not told what it was asked for; the next one in order is asked in its place.',
  text: ({ source, date, targets, detail }) =>
    `${source} has not told ${targets.join(', ')} of ${date}: ${detail}`,
  metrics: [
    {
      name: 'fetches_refused',
      kind: 'counter',
      description: 'Sources that did not tell what they were asked for',
      labels: ['source', 'status'],
    },
  ],
});

export const fetchFallback = event<'fetchId' | 'date' | 'source' | 'insteadOf' | 'targets'>({
  name: 'fetch_fallback',
  severity: 'INFO',
  description: 'A source has answered in the place of the first one in order.',
  text: ({ source, insteadOf, date, targets }) =>
    `${source} has told ${targets.join(', ')} of ${date} in the place of ${insteadOf}`,
  metrics: [
    {
      name: 'fetch_fallbacks',
      kind: 'counter',
      description: 'Answers of a source in the place of another',
      labels: ['source'],
    },
  ],
});

export const fetchFinished = event<'fetchId' | 'date' | 'occasion' | 'status' | 'targets'>({
  name: 'fetch_finished',
  severity: 'INFO',
  description:
    'Every source of a fetch was asked. `unanswered`: something was told by nobody; `not_yet`: something is not known yet.',
  text: ({ fetchId, status, targets }) =>
    `${fetchId}: ${status}${targets.length === 0 ? '' : ` (${targets.join(', ')})`}`,
  severityOf: ({ status }) => (status === 'unanswered' ? 'WARNING' : 'INFO'),
  metrics: [
    {
      name: 'fetches_finished',
      kind: 'counter',
      description: 'Fetches that ended, by what became of them',
      labels: ['status'],
    },
  ],
});
