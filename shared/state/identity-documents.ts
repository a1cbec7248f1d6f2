/** What the documents hold that say who is who: persons, aliases, and the names that rows without ids were matched by. */
import * as z from 'zod';
import { MATCHES } from '../domain/identity.ts';
import { objectOf } from './stored.ts';

const text = z.string();
const count = z.int();

/**
 * `players/{season}`: persons by NBA id, in the season of the first row that named them; an entry never changes. `teams` has
 * the teams for which files name a person in the season, by his id.
 */
export const playersDocument = z
  .object({
    season: text,
    players: z.record(text, z.object({ lookup: text, name: text }).readonly()).readonly(),
    teams: z.record(text, z.array(text).readonly()).readonly(),
  })
  .readonly();
export type PlayersDocument = z.infer<typeof playersDocument>;

/** `aliases/all`: the names by which sources call players, as persons have given them, in the order in which they were given. */
export const aliasesDocument = z
  .object({
    aliases: z
      .array(
        z
          .object({
            name: text,
            id: count,
            team: text.nullable(),
            season: text.nullable(),
            givenAt: text,
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type AliasesDocument = z.infer<typeof aliasesDocument>;

const nameAnswer = z
  .object({
    name: text,
    id: count.nullable(),
    teams: z.array(text).readonly(),
    opponents: z.array(text).readonly().exactOptional(),
    lookup: text,
    matchedBy: z.enum(MATCHES),
    /** The file that has the name. */
    source: text,
  })
  .readonly();
export type NameAnswer = z.infer<typeof nameAnswer>;

/**
 * `name_answers/{table}_{season}`: for each date the digest of the answers to the names that no id decides. It is part of the
 * fingerprint of the partition.
 */
export const nameAnswersDocument = z
  .object({
    table: text,
    season: text,
    /** How often answers have changed without a load: an alias was given, or files have named more players. */
    changes: count,
    /** Date -> digest; dates without such names are absent. */
    dates: objectOf<string>(),
  })
  .readonly();
export type NameAnswersDocument = z.infer<typeof nameAnswersDocument>;

/**
 * `asked_names/{table}_{period}`: for each date the names themselves, and with whom they are matched. A period is at most ten
 * days. Lines without ids fill about a third of what one document may hold.
 */
export const askedNamesDocument = z
  .object({ table: text, season: text, period: text, dates: objectOf<readonly NameAnswer[]>() })
  .readonly();
export type AskedNamesDocument = z.infer<typeof askedNamesDocument>;
