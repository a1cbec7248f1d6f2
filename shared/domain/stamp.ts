/**
 * Do the stores of a home belong together? Documents, tables and archive carry one stamp, which is renewed whenever a process
 * begins to work on the home. A store that was lost, restored from a backup or copied from another home has another stamp.
 */

/** What the stores of a home carry. */
export interface Stamp {
  /** The home, for as long as it exists. */
  readonly home: string;
  /** How often a process has begun to work on it. */
  readonly generation: number;
  /** The work of that process: two copies of a home that went on separately differ here. */
  readonly session: string;
}

/** The stamps as they were found. */
export interface StampsSeen {
  readonly documents: {
    readonly stamp: Stamp | undefined;
    /** The stamp that a process was about to write everywhere when it ended. */
    readonly next: Stamp | undefined;
    /** Whether the documents speak of anything archived or built. */
    readonly hold: boolean;
  };
  readonly archive: { readonly stamp: Stamp | undefined };
  /** `hold`: the tables have rows. Undefined while the warehouse is closed. */
  readonly warehouse: { readonly stamp: Stamp | undefined; readonly hold: boolean } | undefined;
}

/** A store that does not belong to the others. */
export interface Loss {
  readonly store: 'documents' | 'tables' | 'archive';
  readonly what: 'lost' | 'older' | 'of another home';
}

/** A loss in words: `the documents are lost`, `the archive is older than the rest`. */
export function lossText({ store, what }: Loss): string {
  const name = { documents: 'the documents', tables: 'the tables', archive: 'the archive' }[store];
  const verb = store === 'archive' ? 'is' : 'are';
  return what === 'older' ? `${name} ${verb} older than the rest` : `${name} ${verb} ${what}`;
}

/**
 * The stores that do not belong to the others. The documents are taken as right where only one other store differs from them;
 * they are wrong themselves where another store is ahead of them.
 */
export function lossesIn({ documents, archive, warehouse }: StampsSeen): Loss[] {
  const others = [
    { store: 'archive', stamp: archive.stamp },
    ...(warehouse === undefined ? [] : [{ store: 'tables', stamp: warehouse.stamp } as const]),
  ] as const;
  const stamps = others.flatMap(({ stamp }) => stamp ?? []);
  if (documents.stamp === undefined && documents.next === undefined) {
    if (documents.hold) return stamps.length > 0 ? [{ store: 'documents', what: 'older' }] : [];
    const hasOthers = stamps.length > 0 || warehouse?.hold === true;
    return hasOthers ? [{ store: 'documents', what: 'lost' }] : [];
  }
  const { stamp, next } = documents;
  const known = stamp ?? next;
  const losses: Loss[] = [];
  for (const { store, stamp: found } of others) {
    if (found === undefined) {
      // The first stamps of a home are written one after the other.
      if (stamp !== undefined) losses.push({ store, what: 'lost' });
    } else if (found.session === stamp?.session || found.session === next?.session) continue;
    else if (found.home !== known?.home || found.generation === known.generation)
      losses.push({ store, what: 'of another home' });
    else if (found.generation < known.generation) losses.push({ store, what: 'older' });
    else losses.push({ store: 'documents', what: 'older' });
  }
  // Two stores that agree with each other are the home; the documents come from elsewhere.
  const areForeign = losses.length > 1 && losses.every(({ what }) => what === 'of another home');
  if (areForeign && stamps[0]?.session === stamps[1]?.session)
    return [{ store: 'documents', what: 'of another home' }];
  return losses.filter(
    ({ store, what }, i) => losses.findIndex((other) => other.store === store && other.what === what) === i,
  );
}

/** The stamp of the next process that works on a home. @param id a new id; the home gets another one when it has none */
export function nextStamp({ documents, archive, warehouse }: StampsSeen, id: () => string): Stamp {
  const found = [documents.stamp, documents.next, archive.stamp, warehouse?.stamp].flatMap(
    (each) => each ?? [],
  );
  return {
    home: found[0]?.home ?? id(),
    generation: Math.max(0, ...found.map(({ generation }) => generation)) + 1,
    session: id(),
  };
}
