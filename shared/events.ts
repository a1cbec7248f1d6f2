/** Structured log lines on stderr: one JSON object each, in the field names of Cloud Logging. */
import type { LogEvent } from './ports/index.ts';

const RANK = { debug: 0, info: 1, warning: 2, error: 3, off: 4 } as const;

export function logger(level: keyof typeof RANK, write: (line: string) => void): (event: LogEvent) => void {
  return (event) => {
    const severity = event.severity.toLowerCase() as 'debug' | 'info' | 'warning' | 'error';
    if (RANK[severity] < RANK[level]) return;
    const { event: message, ...fields } = event;
    write(`${JSON.stringify({ ...fields, message, time: new Date().toISOString() })}\n`);
  };
}
