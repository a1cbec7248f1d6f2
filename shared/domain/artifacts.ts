/**
 * Models as inputs of tables. A table names the role of a model; which model has the role on a date follows from what is stored of models,
 * and is the same whoever asks.
 *
 * Tonight's date has the model that serves under the alias of that name. A past date has the model of a rolling origin that was trained for
 * its month on what was before it: on 2024-01-15 the one that is valid from 2024-01-01 until 2024-02-01. So a model that is promoted changes
 * no past date, and rolling models that are trained newly change exactly the dates of their months.
 */
import type { GameDate } from './game-date.ts';
import { servingNow, type AliasChange, type ModelAlias, type ModelDocument } from './models.ts';
import { artifactsOf, type TableDefinition } from './table.ts';

/** What is known of models at one moment. Both lists only grow. */
export interface KnownModels {
  readonly models: readonly Pick<ModelDocument, 'id' | 'validity' | 'trainedAt' | 'file'>[];
  /** Who has served under each alias, the oldest first. */
  readonly histories: Readonly<Record<ModelAlias, readonly AliasChange[]>>;
}

/** The model that has a role on a date. */
export interface ArtifactRef {
  readonly id: string;
  /** SHA-256 of its file. */
  readonly sha256: string;
  /** Where its file is in the archive. */
  readonly uri: string;
}

/**
 * The model that has a role on `date`; undefined when none has. Where several rolling models are valid, the one that was trained last.
 * Only the champion has rolling models: a challenger predicts tonight's games, beside it.
 * @param today the present date in US Eastern time; `date` is live from this date on
 */
export function artifactOn(
  role: ModelAlias,
  date: GameDate,
  today: GameDate,
  { models, histories }: KnownModels,
): ArtifactRef | undefined {
  const found =
    date >= today
      ? models.find(({ id }) => id === servingNow(histories[role]))
      : role === 'champion'
        ? models
            .filter(({ validity }) => validity !== null && validity.from <= date && date < validity.before)
            .reduce<KnownModels['models'][number] | undefined>(
              (last, each) => (last === undefined || isLater(each, last) ? each : last),
              undefined,
            )
        : undefined;
  return found && { id: found.id, sha256: found.file.sha256, uri: found.file.uri };
}

function isLater(a: KnownModels['models'][number], b: KnownModels['models'][number]): boolean {
  return a.trainedAt === b.trainedAt ? a.id > b.id : a.trainedAt > b.trainedAt;
}

/** What the models of a table contribute to the fingerprint of a date: role, id and hash of the file, or `none`. */
export function artifactContents(
  table: TableDefinition,
  date: GameDate,
  today: GameDate,
  known: KnownModels | undefined,
): string[] {
  return artifactsOf(table).map(({ role }) => {
    const found = known && artifactOn(role, date, today, known);
    return `artifact ${role}=${found === undefined ? 'none' : `${found.id} ${found.sha256}`}`;
  });
}

/** How often anything about models has been written. It never decreases. */
export function artifactVersion(table: TableDefinition, known: KnownModels | undefined): number {
  if (known === undefined || artifactsOf(table).length === 0) return 0;
  return Object.values(known.histories).reduce((sum, { length }) => sum + length, known.models.length);
}

/** Why a date has no rows of a model: for the reason of its partition, with the command that makes one. */
export function noModelText(role: ModelAlias, date: GameDate, today: GameDate): string {
  return date >= today
    ? `no model serves as ${role}; \`fullcourt train\` and \`fullcourt models promote\` make one`
    : `no ${role} was trained for ${date.slice(0, 7)}; \`fullcourt train --rolling\` makes one`;
}
