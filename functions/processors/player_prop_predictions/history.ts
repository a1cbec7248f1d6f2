/** The earlier games of players, as similar games are looked for among them. */
import type { TableRows } from '../../../shared/domain/table-rows.ts';
import { numberAt, pastGameAt } from './features.ts';
import type { PastGame } from './systems/system.ts';

/** A name that no other player-game has. */
function nameOf(rows: TableRows, i: number): string {
  return `${rows.texts['game_id']?.[i] ?? ''} ${rows.texts['player_lookup']?.[i] ?? ''}`;
}

/**
 * Player -> the games that he played in and of which there are features, the latest last. Only the players asked for are in it.
 * @param features rows of features of earlier dates
 * @param box the box scores of the same games
 */
export function historiesOf(
  players: ReadonlySet<string>,
  features: TableRows,
  box: TableRows,
): ReadonlyMap<string, readonly PastGame[]> {
  const histories = new Map<string, PastGame[]>();
  const points = new Map<string, number>();
  for (let i = 0; i < box.count; i += 1) {
    if (!players.has(box.texts['player_lookup']?.[i] ?? '') || box.flags['is_active']?.[i] !== true) continue;
    const scored = numberAt(box, 'points', i);
    if (scored !== null) points.set(nameOf(box, i), scored);
  }
  for (let i = 0; i < features.count; i += 1) {
    const player = features.texts['player_lookup']?.[i] ?? '';
    const scored = players.has(player) ? points.get(nameOf(features, i)) : undefined;
    if (scored === undefined) continue;
    const own = histories.get(player) ?? [];
    own.push(pastGameAt(features, i, scored));
    histories.set(player, own);
  }
  return histories;
}
