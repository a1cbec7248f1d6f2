/** `unresolved`, `alias` and `player`: who is meant by the names in source files. */
import {
  aliasPlayer,
  findPlayers,
  listAliases,
  playersLike,
  unresolvedNames,
  type AliasAnswer,
  type PlayerAnswer,
  type UnresolvedName,
} from '../../functions/control/identities.ts';
import type { Client } from '../../functions/targets/client.ts';
import { counted } from '../../shared/domain/counted.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GivenAlias } from '../../shared/state/aliases.ts';
import { answer, copyable, EXIT, type GlobalOptions } from './command.ts';
import { table } from './text-table.ts';

export async function unresolvedCommand(client: Client, options: GlobalOptions): Promise<number> {
  const names = await unresolvedNames(client);
  answer(options, { names }, () => unresolvedText(names));
  return EXIT.done;
}

export interface AliasFlags {
  readonly team?: string;
  readonly season?: string;
}

/** Without a name: lists the aliases. */
export async function aliasCommand(
  client: Client,
  [name, id]: readonly string[],
  flags: AliasFlags,
  options: GlobalOptions,
): Promise<number> {
  if (name === undefined) {
    const aliases = await listAliases(client);
    answer(options, { aliases }, () => aliasesText(aliases));
    return EXIT.done;
  }
  if (id === undefined)
    throw new RequestError('alias needs a name and the NBA id of the player whom it means');
  const aliased = await aliasPlayer(client, { name, id, team: flags.team, season: flags.season });
  const given = { ...aliased, next: aliased.next.map(copyable) };
  answer(options, given, () => aliasText(given));
  return EXIT.done;
}

export async function playerCommand(client: Client, asked: string, options: GlobalOptions): Promise<number> {
  if (asked.trim() === '') throw new RequestError('NAME is empty: give a name or an id of the NBA');
  const players = await findPlayers(client, asked);
  const like = players.length > 0 ? [] : await playersLike(client, asked);
  answer(options, { players, ...(like.length > 0 ? { like } : {}) }, () => playersText(asked, players, like));
  return players.length > 0 ? EXIT.done : EXIT.failed;
}

const SHOWN = 200;

function unresolvedText(names: readonly UnresolvedName[]): string {
  if (names.length === 0) return 'Every name is matched with a player';
  return [
    table(
      ['name', 'teams', 'table', 'source', 'dates', 'first', 'last'],
      names
        .slice(0, SHOWN)
        .map((each) => [
          each.name,
          each.teams.join(' '),
          each.table,
          each.source,
          String(each.dates.length),
          each.dates[0] ?? '',
          each.dates.at(-1) ?? '',
        ]),
    ),
    '',
    `${counted(names.length, 'name is', 'names are')} matched with nobody${names.length > SHOWN ? `, the first ${SHOWN} shown` : ''}; say whom one means with: fullcourt alias NAME ID`,
  ].join('\n');
}

function aliasText({ alias, player, stale, next }: AliasAnswer): string {
  const partitions = stale.reduce((sum, { dates }) => sum + dates.length, 0);
  const where = [alias.team ?? 'every team', alias.season ?? 'every season'].join(', ');
  return [
    `"${alias.name}" means ${player} (${alias.id}) now: ${where}`,
    ...stale.map(
      ({ table: name, dates }) => `  ${name}: ${counted(dates.length, 'date is', 'dates are')} stale`,
    ),
    partitions === 0 ? 'No loaded row has this name' : `Build them again with: ${next.join('; ')}`,
  ].join('\n');
}

function aliasesText(aliases: readonly GivenAlias[]): string {
  if (aliases.length === 0) return 'There are no aliases';
  return table(
    ['name', 'id', 'team', 'season', 'given at'],
    aliases.map(({ name, id, team, season, givenAt }) => [
      name,
      String(id),
      team ?? '',
      season ?? '',
      givenAt,
    ]),
  );
}

function playersText(asked: string, players: readonly PlayerAnswer[], like: readonly string[]): string {
  if (players.length === 0)
    return `No file has named ${asked}${like.length > 0 ? `; did you mean ${like.join(', ')}?` : ''}`;
  return players
    .map(({ id, name, lookup, teams, aliases }) =>
      [
        `${name}  id ${id}  lookup ${lookup}`,
        ...Object.entries(teams)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([season, codes]) => `  ${season}: ${codes.join(', ')}`),
        ...aliases.map((alias) => `  also called ${alias.name}`),
      ].join('\n'),
    )
    .join('\n');
}
