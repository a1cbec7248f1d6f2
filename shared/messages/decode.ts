/** From the text of a message to its value, or to the reason why it has none. */
import * as z from 'zod';
import { nearest } from '../domain/nearest.ts';
import { id, OLDEST_SCHEMA_VERSION, SCHEMA_VERSION } from './schemas.ts';

/** Either the value of a message or the reason why it is refused. */
export type Decoded<T> =
  | {
      readonly ok: true;
      readonly value: T;
      /**
       * Fields of the message that the schema does not have and that are not in `value`, such as `dates[].colour`; absent where
       * there are none.
       */
      readonly unknownFields?: readonly string[];
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The version of the message, where newer code has written it than this code reads. */
      readonly newerVersion?: number;
    };

/** With these words begins the reason of a message that newer code has published. */
export const NEWER_PRODUCER = 'newer producer';

/** Most characters of a message. A run of 250 dates with its game hashes has fewer. */
const MAX_BODY = 9_000_000;

/**
 * Decodes a message. It never throws: every mistake becomes a reason that a person can act on.
 * @param maxLength most characters of `body`
 */
export function decode<T>(schema: z.ZodType<T>, body: string, maxLength = MAX_BODY): Decoded<T> {
  if (body.length > maxLength)
    return {
      ok: false,
      reason: `The message has ${body.length} characters; at most ${maxLength} are accepted`,
    };
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return {
      ok: false,
      reason: `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { ok: false, reason: 'The message must be a JSON object' };
  }
  const version = versionOf(json);
  if (isOfPipeline(schema) && version !== undefined && version > SCHEMA_VERSION)
    return { ok: false, reason: newerProducer(version), newerVersion: version };
  const parsed = schema.safeParse(json);
  if (parsed.success) {
    const unknownFields = unknownFieldsOf(json, parsed.data);
    return { ok: true, value: parsed.data, ...(unknownFields.length === 0 ? {} : { unknownFields }) };
  }
  const { issues } = parsed.error;
  const reason = issues.map((issue) => describe(issue, schema)).join('; ');
  const isOfNewer = isOfPipeline(schema) && issues.some((issue) => isValueOfNewer(issue, json));
  return { ok: false, reason: `${reason}${isOfNewer ? NEWER_VALUE : ''}` };
}

const aboutRun = z.object({ runId: id });

/** The run that a message names, whatever its version; undefined when it names none. */
export function runIdIn(body: string): string | undefined {
  try {
    return aboutRun.safeParse(JSON.parse(body)).data?.runId;
  } catch {
    return undefined;
  }
}

/** Whether a schema is of messages that the pipeline writes for itself: it passes over fields that it does not have. */
function isOfPipeline(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject && schema.def.catchall === undefined;
}

/** The version that a message says it has; undefined when it says none. */
function versionOf(json: object): number | undefined {
  const { schemaVersion } = json as { readonly schemaVersion?: unknown };
  return Number.isInteger(schemaVersion) ? Number(schemaVersion) : undefined;
}

function newerProducer(version: number): string {
  const read =
    OLDEST_SCHEMA_VERSION === SCHEMA_VERSION
      ? `schemaVersion ${SCHEMA_VERSION}`
      : `schemaVersion ${OLDEST_SCHEMA_VERSION} to ${SCHEMA_VERSION}`;
  return `${NEWER_PRODUCER}: the message has schemaVersion ${version}, and the code that answered reads ${read}. Deploy the newer code, then publish the message again`;
}

/**
 * The fields that are in a message and not in what a schema made of it, each once. The items of a list are taken together:
 * `dates[].colour`. A part that the schema took over as it is, such as an object whose keys are data, has none.
 */
function unknownFieldsOf(json: unknown, value: unknown): string[] {
  const found = new Set<string>();
  const compare = (from: unknown, to: unknown, path: string): void => {
    if (from === to || typeof from !== 'object' || typeof to !== 'object' || from === null || to === null)
      return;
    if (Array.isArray(from)) {
      const items = to as readonly unknown[];
      from.forEach((item, i) => compare(item, items[i], `${path}[]`));
      return;
    }
    for (const [name, part] of Object.entries(from)) {
      const where = path === '' ? name : `${path}.${name}`;
      if (Object.hasOwn(to, name)) compare(part, (to as Record<string, unknown>)[name], where);
      else found.add(where);
    }
  };
  compare(json, value, '');
  return [...found];
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): string {
  const where = issue.path.map(String).join('.');
  const hint = issue.code === 'unrecognized_keys' ? didYouMean(issue, schema) : '';
  const what = `${issue.message}${hint}`;
  return where === '' ? what : `${where}: ${what}`;
}

const NEWER_VALUE = ' (if newer code has published it, deploy that code, then publish the message again)';

/** Whether a field has a value that only newer code knows; one that is lacking has none. */
function isValueOfNewer({ code, path }: z.core.$ZodIssue, json: object): boolean {
  if (code !== 'invalid_value' || path[0] === 'kind') return false;
  let value: unknown = json;
  for (const field of path) value = (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[field];
  return value !== undefined;
}

/** The fields that a person may have meant by unknown ones. */
function didYouMean({ keys, path }: z.core.$ZodIssueUnrecognizedKeys, schema: z.ZodType): string {
  if (path.length > 0 || !(schema instanceof z.ZodObject)) return '';
  const near = new Set(keys.flatMap((key) => nearest(key, Object.keys(schema.shape))));
  return near.size === 0 ? '' : `; did you mean ${[...near].join(' or ')}?`;
}
