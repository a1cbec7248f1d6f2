/** The one writer of aliases: by which other names sources call players. */
import type { Alias } from '../domain/identity.ts';
import { playerLookup } from '../domain/player-lookup.ts';
import { firstNameFirst } from '../domain/player-names.ts';
import type { Ports } from '../ports/index.ts';
import { paths } from './documents.ts';
import { aliasesDocument, type AliasesDocument } from './identity-documents.ts';
import { readerOf } from './stored.ts';

const documents = readerOf<AliasesDocument>(aliasesDocument);

/** An alias with the time at which it was given (ISO, UTC). */
export type GivenAlias = AliasesDocument['aliases'][number];

/** All aliases, in the order in which they were given. */
export async function knownAliases({ store }: Pick<Ports, 'store'>): Promise<readonly GivenAlias[]> {
  const path = paths.aliases();
  return documents.read(path, await store.get(path))?.aliases ?? [];
}

/** Adds an alias. It takes the place of one for the same name, team and season. */
export async function giveAlias(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  alias: Alias,
): Promise<GivenAlias> {
  const given: GivenAlias = { ...alias, givenAt: clock().toISOString() };
  const path = paths.aliases();
  await store.transaction(async (tx) => {
    const before = documents.read(path, await tx.get(path))?.aliases ?? [];
    tx.set(path, { aliases: [...before.filter((other) => !isSameQuestion(other, alias)), given] });
  });
  return given;
}

/** Whether an alias is for the same name, team and season as another one, and was given with it or after it. */
export function answersLater(alias: GivenAlias, other: GivenAlias): boolean {
  return isSameQuestion(alias, other) && alias.givenAt >= other.givenAt;
}

function isSameQuestion(a: Alias, b: Alias): boolean {
  const lookup = ({ name }: Alias): string => playerLookup(firstNameFirst(name));
  return lookup(a) === lookup(b) && a.team === b.team && a.season === b.season;
}
