/** The table that a person means by a name. Pure. */
import { RequestError } from './failure.ts';
import { nearest } from './nearest.ts';
import type { Registry } from './registry.ts';
import { qualifiedName } from './table.ts';

/**
 * The name of the table that is meant by its name, or by its name in queries: `player_game_summary`,
 * `nba_analytics.player_game_summary`, with or without backticks.
 * @throws RequestError when there is none, with the nearest name
 */
export function tableNamed(registry: Registry, text: string): string {
  const found = findTable(registry, text);
  if (found !== undefined) return found;
  throw noSuchTable(
    text,
    registry.all.map(({ definition }) => definition.name),
  );
}

/** The table that is meant by `text`, by its name or its name in queries; undefined when there is none. */
export function findTable(registry: Registry, text: string): string | undefined {
  const asked = text.trim().replaceAll('`', '');
  return registry.all.find(
    ({ definition }) => asked === definition.name || asked === qualifiedName(definition),
  )?.definition.name;
}

/** The tables that are meant by names, each once. @throws RequestError for a name that no table has */
export function tablesNamed(registry: Registry, names: readonly string[]): string[] {
  return [...new Set(names.map((name) => tableNamed(registry, name)))];
}

/** The refusal of a name that no table has. */
export function noSuchTable(asked: string, known: readonly string[]): RequestError {
  const near = nearest(asked.split('.').at(-1) ?? asked, known);
  return new RequestError(
    `There is no table ${asked}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ';'} \`fullcourt tables\` lists them`,
  );
}
