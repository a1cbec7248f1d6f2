/** The earlier games of players, as similar games are looked for among them. */
import { numbersOf, type TableRows } from '../../../shared/domain/table-rows.ts';
import { numberAt, pastGameAt } from './features.ts';
import type { PastGame } from './systems/system.ts';

/** A name that no other player-game has. */
function nameOf(rows: TableRows, i: number): string {
  return `${rows.texts['game_id']?.[i] ?? ''} ${rows.texts['player_lookup']?.[i] ?? ''}`;
}

/** What was gathered of the windows that begin at the same row. */
interface Gathered {
  /** Where the columns of the features and of the box scores begin in their memory. */
  readonly from: readonly [features: number, box: number];
  /** Memory of the box scores. */
  readonly boxOf: ArrayBufferLike;
  /** Rows of features and of box scores that were looked at. */
  features: number;
  box: number;
  /** Player and game -> his points. */
  readonly points: Map<string, number>;
  readonly histories: Map<string, PastGame[]>;
}

/**
 * Memory of the features of a window -> what was gathered of the last window in it. The windows of a season to date share their memory
 * and begin at the same row: the window of 2024-01-20 begins with the rows of that of 2024-01-19, and only the rows after these are
 * looked at.
 */
const gathered = new WeakMap<ArrayBufferLike, Gathered>();

/**
 * Player -> the games that he played in and of which there are features, the latest last. It is to be used before the next call.
 * @param features rows of features of earlier dates
 * @param box the box scores of the same dates
 */
export function historiesOf(features: TableRows, box: TableRows): ReadonlyMap<string, readonly PastGame[]> {
  const [ofFeatures, ofBox] = [numbersOf(features, 'days_rest'), numbersOf(box, 'points')];
  const from = [ofFeatures.byteOffset, ofBox.byteOffset] as const;
  const before = gathered.get(ofFeatures.buffer);
  const goesOn =
    before?.boxOf === ofBox.buffer &&
    before.from.every((offset, i) => offset === from[i]) &&
    before.features <= features.count &&
    before.box <= box.count;
  const known: Gathered = goesOn
    ? before
    : { from, boxOf: ofBox.buffer, features: 0, box: 0, points: new Map(), histories: new Map() };
  gathered.set(ofFeatures.buffer, known);
  for (let i = known.box; i < box.count; i += 1) {
    if (box.flags['is_active']?.[i] !== true) continue;
    const scored = numberAt(box, 'points', i);
    if (scored !== null) known.points.set(nameOf(box, i), scored);
  }
  for (let i = known.features; i < features.count; i += 1) {
    const scored = known.points.get(nameOf(features, i));
    if (scored === undefined) continue;
    const player = features.texts['player_lookup']?.[i] ?? '';
    const own = known.histories.get(player);
    if (own === undefined) known.histories.set(player, [pastGameAt(features, i, scored)]);
    else own.push(pastGameAt(features, i, scored));
  }
  known.features = features.count;
  known.box = box.count;
  return known.histories;
}
