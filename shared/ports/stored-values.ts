/**
 * The objects that a store gives for its documents. They are frozen, and what has not changed stays the same object, so that
 * callers find again what they have remembered for an object.
 */

/**
 * The value as a store of JSON documents gives it back: without undefined fields, and frozen. A value that is
 * frozen already has been stored before, so it is returned unchanged.
 */
export function asStored<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(asStored)) as T;
  const copy: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(value))
    if (inner !== undefined) copy[field] = typeof inner === 'object' ? asStored(inner) : inner;
  return Object.freeze(copy) as T;
}

/**
 * A document that has been parsed anew, as a store gives it: frozen, and every part that has stayed the same is the object of
 * `before`. For example, when one date of a season has changed, the states of the other dates are the same objects as before.
 * @param parsed a parsed value that nobody else holds; it is frozen, not copied
 * @param before what the store gave for the document the last time; undefined when it is not known
 */
export function asReadAnew<T>(parsed: T, before: unknown): T {
  if (!isPlain(parsed)) return parsed;
  if (before === undefined) return frozen(parsed);
  const fields: Fields = parsed;
  const known: Fields = isPlain(before) && Array.isArray(before) === Array.isArray(parsed) ? before : {};
  const knownNames = Object.keys(known);
  const names = Object.keys(fields);
  let isSame = known === before && names.length === knownNames.length;
  for (const [i, name] of names.entries()) {
    const kept = asReadAnew(fields[name], known[name]);
    if (kept !== fields[name]) fields[name] = kept;
    if (kept !== known[name] || name !== knownNames[i]) isSame = false;
  }
  return isSame ? (known as T) : Object.freeze(parsed);
}

/** The same value, frozen with all its parts. */
function frozen<T extends Fields>(value: T): T {
  // Documents have thousands of objects, so no list of their fields is made, and a text or number costs no call.
  for (const name in value) {
    const inner = value[name];
    if (typeof inner === 'object' && isPlain(inner)) frozen(inner);
  }
  return Object.freeze(value);
}

type Fields = Record<string, unknown>;

/** Whether a value is an array or an object of fields. Other objects, such as a time of Firestore, are single values. */
function isPlain(value: unknown): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
  );
}
