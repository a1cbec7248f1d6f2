/**
 * Finds players under a new id who may be a known player of the same name: both play for one team in the season, and the known one
 * is not in the game or on the roster. No real season has two players of one name on one team. Pure.
 */
import type { KnownPerson } from '../../shared/domain/identity.ts';
import { bareLookup, isListedNamesake } from '../../shared/domain/namesakes.ts';
import type { Season } from '../../shared/domain/season.ts';
import type { Row } from '../../shared/ports/warehouse.ts';
import type { KnownLack } from './raw-load.ts';

/** A row, and the known player who may be meant by it. */
export interface IdInDoubt {
  readonly row: Row;
  readonly known: number;
}

/**
 * The rows of box scores or rosters whose id is in doubt. A lookup with an id, such as `chrisjohnson_203187`, is that of a later namesake. Players on
 * the committed list of namesakes are known to be two.
 * @param placeOf the game or the roster that a row belongs to
 */
export function idsInDoubt(
  rows: readonly Row[],
  players: ReadonlyMap<number, KnownPerson>,
  season: Season,
  placeOf: (row: Row) => string,
): IdInDoubt[] {
  const later = rows.filter(
    ({ player_lookup, nba_player_id }) =>
      bareLookup(String(player_lookup)) !== player_lookup && !isListedNamesake(Number(nba_player_id)),
  );
  if (later.length === 0) return [];
  const byLookup = new Map([...players].map(([id, { lookup }]) => [lookup, id]));
  const present = new Set(rows.map((row) => `${placeOf(row)} ${row['nba_player_id']}`));
  return later.flatMap((row) => {
    const known = byLookup.get(bareLookup(String(row['player_lookup'])));
    const teams = known === undefined ? [] : (players.get(known)?.teams?.[season] ?? []);
    return known === undefined ||
      present.has(`${placeOf(row)} ${known}`) ||
      !teams.includes(String(row['team_abbr']))
      ? []
      : [{ row, known }];
  });
}

/** What a date lacks where ids are in doubt: the names with their ids; undefined when none is. */
export function lackOfIds(
  doubts: readonly IdInDoubt[],
  placeOf: (row: Row) => string,
): KnownLack | undefined {
  if (doubts.length === 0) return undefined;
  const told = doubts.map(
    ({ row, known }) =>
      `${row['player_name']} of ${placeOf(row)} has the id ${row['nba_player_id']} and may be ${known}`,
  );
  return { code: 'ids_in_doubt', detail: told.join(', '), rows: 0 };
}
