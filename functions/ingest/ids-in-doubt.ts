/**
 * Finds players under a new id who may be a known player of the same name: both play for one team in the season, and the known one
 * is not in the game. Two players of one name on one team have not been seen since 1996, a wrong id has. Pure.
 */
import type { KnownPerson } from '../../shared/domain/identity.ts';
import { bareLookup, isListedNamesake } from '../../shared/domain/namesakes.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Row } from '../../shared/ports/warehouse.ts';

/** A row, and the known player who may be meant by it. */
export interface IdInDoubt {
  readonly row: Row;
  readonly known: number;
}

/**
 * The rows of box scores whose id is in doubt. A lookup with an id, such as `chrisjohnson_203187`, is that of a later namesake. Players on
 * the committed list of namesakes are known to be two.
 */
export function idsInDoubt(
  rows: readonly Row[],
  players: ReadonlyMap<number, KnownPerson>,
  season: Season,
): IdInDoubt[] {
  const later = rows.filter(
    ({ player_lookup, nba_player_id }) =>
      bareLookup(String(player_lookup)) !== player_lookup && !isListedNamesake(Number(nba_player_id)),
  );
  if (later.length === 0) return [];
  const byLookup = new Map([...players].map(([id, { lookup }]) => [lookup, id]));
  const present = new Set(rows.map((row) => `${row['nba_game_id']} ${row['nba_player_id']}`));
  return later.flatMap((row) => {
    const known = byLookup.get(bareLookup(String(row['player_lookup'])));
    const teams = known === undefined ? [] : (players.get(known)?.teams?.[season] ?? []);
    return known === undefined ||
      present.has(`${row['nba_game_id']} ${known}`) ||
      !teams.includes(String(row['team_abbr']))
      ? []
      : [{ row, known }];
  });
}
