/** Passes requests on to the Pub/Sub emulator. */
import { fieldsOf, textOf, type Fields, type Json, type Recorded } from './world.ts';

/** The emulator keeps messages for a week at most, the service for 31 days. */
const LONGEST_SECONDS = 604_800;
const RETENTION = 'messageRetentionDuration';

/**
 * @returns asks the emulator at `host`. A longer retention than it takes is shortened for it, and what it says of that
 * subscription has the one that was asked for.
 */
export function passOn(
  host: string,
): (request: Recorded, url: URL) => Promise<{ readonly status: number; readonly body: Json }> {
  const longer = new Map<string, string>();

  const shortened = (name: string, body: Json): Json => {
    const fields = fieldsOf(body);
    const inside = fieldsOf(fields['subscription']);
    if (Object.keys(inside).length > 0) return { ...fields, subscription: shortened(name, inside) };
    const asked = textOf(fields[RETENTION]);
    if (Number.parseFloat(asked) <= LONGEST_SECONDS || asked === '') return body;
    longer.set(name, asked);
    return { ...fields, [RETENTION]: `${LONGEST_SECONDS}s` };
  };
  const restored = (body: Json): Json => {
    const fields: Fields = fieldsOf(body);
    const listed = fields['subscriptions'];
    if (Array.isArray(listed))
      return { ...fields, subscriptions: (listed as readonly Json[]).map((each) => restored(each)) };
    const asked = longer.get(textOf(fields['name']));
    return asked === undefined ? body : { ...fields, [RETENTION]: asked };
  };

  return async ({ method, path, body }, url) => {
    const sent = body === null ? undefined : JSON.stringify(shortened(path.replace(/^\/v1\//, ''), body));
    const response = await fetch(`http://${host}${url.pathname}${url.search}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(sent === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    return { status: response.status, body: restored(text === '' ? {} : (JSON.parse(text) as Json)) };
  };
}
