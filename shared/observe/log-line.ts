/**
 * Writes one event as one line of JSON, with the field names of Cloud Logging. The line can be parsed, has a bounded size and
 * holds no secrets, no matter what the fields of the event hold.
 */
import { NO_SPAN } from '../domain/trace-context.ts';
import type { LogContext } from '../ports/tracer.ts';
import type { LogEvent } from '../ports/index.ts';

export interface LogTarget {
  /** Project that the traces are in; without it the line has only the trace id. */
  readonly project?: string;
  readonly clock?: () => Date;
}

/** Fields that are also labels of the line, under the names people filter by. */
const LABELS: Readonly<Record<string, string>> = {
  table: 'table',
  date: 'date',
  phase: 'phase',
  mode: 'mode',
  runId: 'run_id',
  backfillId: 'backfill_id',
  subscription: 'subscription',
  messageId: 'message_id',
};

/** Limits of what is kept of a field and of a line; an entry of Cloud Logging holds at most 256 KiB. */
const MAX_STRING = 8_000;
const MAX_NAME = 200;
const MAX_ITEMS = 300;
const MAX_DEPTH = 6;
const MAX_LINE = 100_000;

/**
 * The line of an event.
 * @param text makes the message for a person; without it the message is the name of the event
 * @returns the line without a line break at its end
 */
export function logLine(
  logged: LogEvent,
  text: ((fields: LogEvent) => string) | undefined,
  context: LogContext | undefined,
  { project, clock = () => new Date() }: LogTarget = {},
): string {
  const { severity, event, error, ...fields } = logged;
  const budget = { left: MAX_LINE };
  const line: Record<string, unknown> = {
    severity,
    message: cleaned(messageOf(logged, text, error), budget),
    time: clock().toISOString(),
    event,
  };
  if (context !== undefined) {
    const { traceId, spanId, sampled } = context.trace;
    line['logging.googleapis.com/trace'] =
      project === undefined || project === '' ? traceId : `projects/${project}/traces/${traceId}`;
    if (spanId !== NO_SPAN) line['logging.googleapis.com/spanId'] = spanId;
    line['logging.googleapis.com/trace_sampled'] = sampled;
  }
  const labels: Record<string, string> = { ...context?.labels };
  for (const [field, label] of Object.entries(LABELS)) {
    const value = fields[field];
    if (typeof value === 'string') labels[label] = redacted(value).slice(0, 500);
  }
  const { dates } = fields;
  if (Array.isArray(dates) && dates.length === 1 && typeof dates[0] === 'string') labels['date'] = dates[0];
  if (Object.keys(labels).length > 0) line['logging.googleapis.com/labels'] = labels;
  for (const [name, value] of Object.entries(fields)) {
    const key = redacted(name).slice(0, MAX_NAME);
    if (Object.hasOwn(line, key) || value === undefined) continue;
    line[key] = isSecretName(name, value) ? REDACTED : cleaned(value, budget);
  }
  return JSON.stringify(line);
}

/** The message of a line; with the stack of an error, so that Error Reporting groups equal errors. */
function messageOf(
  logged: LogEvent,
  text: ((fields: LogEvent) => string) | undefined,
  error: unknown,
): string {
  let said: string;
  try {
    said = text?.(logged) ?? logged.event;
  } catch {
    said = logged.event;
  }
  if (error === undefined) return said;
  return `${said}: ${errorText(error)}`;
}

function errorText(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const cause =
      error.cause === undefined
        ? ''
        : `\nCaused by: ${error.cause instanceof Error ? error.cause.message : JSON.stringify(error.cause)}`;
    return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
  } catch {
    return 'an error that cannot be described';
  }
}

/** A value as JSON can hold it: bounded, without cycles, without secrets. Never throws. */
function cleaned(value: unknown, budget: { left: number }, above: readonly object[] = []): unknown {
  if (budget.left <= 0) return '[left out]';
  switch (typeof value) {
    case 'string': {
      const cut = value.length > MAX_STRING;
      const kept = redacted(cut ? value.slice(0, MAX_STRING) : value);
      budget.left -= kept.length + 2;
      return cut ? `${kept}… (${value.length - MAX_STRING} more characters)` : kept;
    }
    case 'number':
      budget.left -= 8;
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      budget.left -= 5;
      return value;
    case 'object':
      break;
    case 'undefined':
      return null;
    default:
      return cleaned(String(value), budget);
  }
  if (value === null) return null;
  if (above.includes(value)) return '[cyclic]';
  if (above.length >= MAX_DEPTH) return '[deeper]';
  try {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    if (value instanceof Error) return cleaned(errorText(value), budget);
    if (value instanceof Map) return cleaned(Object.fromEntries(value), budget, above);
    if (value instanceof Set) return cleaned([...value], budget, above);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    const path = [...above, value];
    if (Array.isArray(value)) {
      const kept = value.slice(0, MAX_ITEMS).map((item) => cleaned(item, budget, path));
      return value.length > MAX_ITEMS ? [...kept, `… (${value.length - MAX_ITEMS} more)`] : kept;
    }
    const kept: Record<string, unknown> = {};
    const names = Object.keys(value);
    for (const name of names.slice(0, MAX_ITEMS)) {
      budget.left -= name.length + 4;
      const item = (value as Record<string, unknown>)[name];
      if (item === undefined) continue;
      kept[redacted(name).slice(0, MAX_NAME)] = isSecretName(name, item)
        ? REDACTED
        : cleaned(item, budget, path);
    }
    if (names.length > MAX_ITEMS) kept['…'] = `${names.length - MAX_ITEMS} more`;
    return kept;
  } catch {
    return '[unreadable]';
  }
}

const REDACTED = '[redacted]';
const SECRET_NAME =
  /authorization|password|passwd|secret|credential|cookie|private.?key|api.?key|(?:^|[_-])key$|token|signature/i;

/** Whether the name of a field says that it holds a secret. A fencing token is a number and is no secret. */
export function isSecretName(name: string, value: unknown): boolean {
  return typeof value !== 'number' && value !== null && SECRET_NAME.test(name);
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  // Authorization headers of any scheme.
  [/(authorization["']?\s*[:=]\s*["']?)(?:[A-Za-z-]+\s+)?[^\s"',;}]+/gi, `$1${REDACTED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/g, `$1 ${REDACTED}`],
  // A user and a password in a URL.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']{1,500}@/gi, `$1${REDACTED}@`],
  // JSON web tokens, access tokens and API keys of Google.
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?/g, REDACTED],
  [/\bya29\.[A-Za-z0-9._-]+/g, REDACTED],
  [/\b1\/\/0[A-Za-z0-9_-]{20,}/g, REDACTED],
  [/\bAIza[A-Za-z0-9_-]{20,}/g, REDACTED],
  [/\bGOCSPX-[A-Za-z0-9_-]+/g, REDACTED],
  // Parameters and assignments with the name of a secret: `?key=...`, `password=...`.
  [/([?&](?:key|token|sig|signature)=)[^\s"'&,;}]+/gi, `$1${REDACTED}`],
  [
    /((?:passw(?:or)?d|secret|access_token|refresh_token|id_token|auth_token|api[_-]?key|x-goog-signature|x-goog-credential)["']?\s*[=:]\s*["']?)(?!\[redacted\])[^\s"'&,;}]+/gi,
    `$1${REDACTED}`,
  ],
  [/(token["']?\s*[=:]\s*["']?)[A-Za-z0-9._~+/-]{16,}/gi, `$1${REDACTED}`],
];

/**
 * A quick test: a text in which this finds nothing holds nothing that one of the patterns would find. Most texts pass it.
 */
const SUSPECT =
  /auth|bearer|basic|:\/\/|eyj|ya29|1\/\/0|aiza|gocspx|passw|secret|token|key|sig|x-goog|private/i;

/** The text with `[redacted]` in the place of everything that looks like a secret. */
export function redacted(text: string): string {
  if (!SUSPECT.test(text)) return text;
  let clean = text;
  for (const [pattern, by] of SECRETS) clean = clean.replace(pattern, by);
  return clean;
}
