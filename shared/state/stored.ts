/** From what the document store holds to what the code may rely on. */
import type * as z from 'zod';
import type { Listed } from '../ports/state-store.ts';

/** A document that is not what the code writes there: somebody has changed it, or another version has written it. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/** Reads the documents of one kind. Each is looked at once: the stores give the same object for an unchanged version. */
export interface Reader<T> {
  /**
   * The document at `path`, as it was stored: the same object, so that who remembers something of it finds it again.
   * @throws DocumentError when it is not of this kind
   */
  readonly read: (path: string, stored: object | undefined) => T | undefined;
  /** Those of a list that are of this kind. What somebody else has put into the collection does not count. */
  readonly readAll: (listed: readonly Listed[]) => T[];
  /** Why an object is not of this kind; undefined when it is. */
  readonly problemOf: (stored: unknown) => string | undefined;
}

export function readerOf<T>(schema: z.ZodType<T>): Reader<T> {
  const known = new WeakSet();
  const problemOf = (stored: unknown): string | undefined => {
    const isObject = typeof stored === 'object' && stored !== null;
    if (isObject && known.has(stored)) return undefined;
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
    problemOf,
  };
}
