/** Paths of documents and writes to their fields, for every document store. */
import type { Doc } from '../ports/state-store.ts';

/** One write of a transaction. */
export type Write =
  | { readonly kind: 'set'; readonly path: string; readonly data: Doc }
  | {
      readonly kind: 'merge';
      readonly path: string;
      readonly fields: ReadonlyMap<readonly string[], unknown>;
    }
  | { readonly kind: 'delete'; readonly path: string };

/** The collection a path is in: everything before its last segment. */
export function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The id of a document: the last segment of its path, such as `r1` of `runs/r1`. */
export function idOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * A copy of `doc` with some fields replaced. A field is addressed by its path from the root of the document.
 */
export function withFields(doc: Doc | undefined, fields: ReadonlyMap<readonly string[], unknown>): Doc {
  const root: Record<string, unknown> = { ...doc };
  const copied = new Map<string, Record<string, unknown>>([['', root]]);
  for (const [path, value] of fields) {
    let node = root;
    let at = '';
    for (const segment of path.slice(0, -1)) {
      at += `\u0000${segment}`;
      let child = copied.get(at);
      if (child === undefined) {
        child = { ...(node[segment] as Record<string, unknown> | undefined) };
        copied.set(at, child);
        node[segment] = child;
      }
      node = child;
    }
    const last = path.at(-1);
    if (last !== undefined) node[last] = value;
  }
  return root;
}
