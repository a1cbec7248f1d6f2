/** Checks stored documents when they are read, so that the code may rely on their types. */
import * as z from 'zod';
import type { Listed } from '../ports/state-store.ts';
import { asStored } from '../ports/stored-values.ts';
import { quickCheckOf } from './quick-check.ts';

/** A document that the code would not write: a person has changed it, or another version of the code has written it. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/**
 * Reads the documents of one kind. Each object is checked once; a store gives the same object for what has not changed
 * (`stored-values.ts`).
 */
export interface Reader<T> {
  /**
   * The document at `path`. It is the stored object itself, not a copy: results that are remembered for it are found again.
   * @throws DocumentError when it is not of this kind
   */
  readonly read: (path: string, stored: object | undefined) => T | undefined;
  /** Those documents of a list that are of this kind. Others, which another program has put there, are passed over. */
  readonly readAll: (listed: readonly Listed[]) => T[];
  /**
   * A document that the code has made, to be passed to the store. Where the store gives the same object back, it is not
   * checked.
   */
  readonly made: <D extends T & object>(document: D) => D;
  /** Why an object is not of this kind; undefined when it is. */
  readonly problemOf: (stored: unknown) => string | undefined;
}

/** Makes the reader of the documents that `schema` describes. */
export function readerOf<T>(schema: z.ZodType<T>): Reader<T> {
  const known = new WeakSet();
  const isSurely = quickCheckOf(schema);
  const problemOf = (stored: unknown): string | undefined => {
    const isObject = typeof stored === 'object' && stored !== null;
    if (isObject && known.has(stored)) return undefined;
    if (isObject && isSurely(stored)) {
      known.add(stored);
      return undefined;
    }
    const parsed = schema.safeParse(stored);
    if (parsed.success && isObject) known.add(stored);
    return parsed.error?.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
      .join('; ');
  };
  const isOfKind = (stored: object): stored is object & T => problemOf(stored) === undefined;
  return {
    read: (path, stored) => {
      if (stored === undefined || isOfKind(stored)) return stored;
      throw new DocumentError(
        `The document ${path} does not hold what it should (${problemOf(stored) ?? ''}): put it right or delete it`,
      );
    },
    readAll: (listed) => listed.flatMap(({ data }): T[] => (isOfKind(data) ? [data] : [])),
    made: (document) => {
      const stored = asStored(document);
      known.add(stored);
      return stored;
    },
    problemOf,
  };
}

/** An object whose values another schema checks, one by one. */
export function objectOf<T>() {
  return z.custom<Readonly<Record<string, T>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    { error: 'must be an object' },
  );
}
