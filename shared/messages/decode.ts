/** From the text of a message to its value, or to the reason why it has none. */
import type * as z from 'zod';

/** Either the value of a message or the reason why it is refused. */
export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

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
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, reason: parsed.error.issues.map(describe).join('; ') };
}

function describe(issue: z.core.$ZodIssue): string {
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}
