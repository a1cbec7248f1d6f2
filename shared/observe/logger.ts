/** Where events become lines of the log. */
import type { Log, LogEvent } from '../ports/index.ts';
import { TEXTS } from './events/index.ts';
import { logLine, type LogTarget } from './log-line.ts';

const RANK = { debug: 0, info: 1, warning: 2, error: 3, off: 4 } as const;

/** Writes events of `level` and above as lines of Cloud Logging. Never throws. */
export function logger(level: keyof typeof RANK, write: (line: string) => void, target: LogTarget = {}): Log {
  if (level === 'off') return () => undefined;
  return (event, context) => {
    const severity = event.severity.toLowerCase() as Lowercase<LogEvent['severity']>;
    if (RANK[severity] < RANK[level]) return;
    try {
      const text = TEXTS.get(event.event) as ((fields: LogEvent) => string) | undefined;
      write(`${logLine(event, text, context, target)}\n`);
    } catch {
      // The work that an event tells of must not fail because its line cannot be written.
    }
  };
}
