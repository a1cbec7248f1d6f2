/** What is checked before and after a training. A required check that fails makes the verdict NO-GO. */
import type { ModelCheck } from '../domain/models.ts';
import { absoluteErrors, bootstrapInterval, mean } from './errors.ts';
import type { FeatureState, ModelRows } from './rows.ts';
import type { Trained } from './train.ts';

/** Fewer rows than this say nothing, whatever the league. */
const LEAST_ROWS = 500;
const LEAST_DATES = 20;
/** Share of the player-games that have a row of features. */
const LEAST_COVERED = 0.85;
/** Share of the rows in which a feature is known. */
const LEAST_FILLED = 0.95;
const MOST_FEATURES = 60;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Checks of the rows, before anything is learned.
 * @param of player-games of the range outside of the bootstrap days, with and without features
 */
export function rowChecks(
  { games }: Pick<ModelRows, 'games'>,
  of: number,
  states: readonly FeatureState[],
): ModelCheck[] {
  const dates = new Set(games.map(({ date }) => date)).size;
  const players = new Set(games.map(({ player }) => player)).size;
  const usable = states.filter(({ why }) => why === undefined);
  const sparse = usable.filter(({ fill }) => fill < LEAST_FILLED);
  const required = true;
  return [
    {
      name: 'rows',
      required,
      ok: games.length >= LEAST_ROWS,
      found: `${games.length}, at least ${LEAST_ROWS}`,
    },
    { name: 'dates', required, ok: dates >= LEAST_DATES, found: `${dates}, at least ${LEAST_DATES}` },
    {
      name: 'rows of features',
      required,
      ok: of > 0 && games.length / of >= LEAST_COVERED,
      found: `${percent(of === 0 ? 0 : games.length / of)} of the player-games have one, at least ${percent(LEAST_COVERED)}`,
    },
    {
      name: 'features to learn from',
      required,
      ok: usable.length > 0 && usable.length <= MOST_FEATURES,
      found: `${usable.length}, from 1 to ${MOST_FEATURES}`,
    },
    {
      name: 'averages of the last games',
      required,
      ok: games.every(({ l5, l10 }) => !Number.isNaN(l5) && !Number.isNaN(l10)),
      found: 'L5 and L10 of every row',
    },
    {
      name: 'features known before filling',
      required: false,
      ok: sparse.length === 0,
      found:
        sparse.length === 0
          ? `all in ${percent(LEAST_FILLED)} of the rows and more`
          : sparse.map(({ name, fill }) => `${name} ${percent(fill)}`).join(', '),
    },
    {
      name: 'rows, by the predecessor',
      required: false,
      ok: games.length >= 50_000,
      found: `${games.length}, it asked for 50000`,
    },
    {
      name: 'players, by the predecessor',
      required: false,
      ok: players >= 400,
      found: `${players}, it asked for 400`,
    },
  ];
}

/** Checks of what was learned, on the test rows, which the model has not seen. */
export function resultChecks({ errors, test }: Trained, seed: number): ModelCheck[] {
  const { rows, predicted } = test;
  const own = absoluteErrors(predicted, rows.target);
  const ofL10 = rows.target.map((points, at) => Math.abs((rows.games[at]?.l10 ?? NaN) - points));
  const difference = bootstrapInterval(
    own.map((error, at) => error - (ofL10[at] ?? NaN)),
    rows.games.map(({ date }) => date),
    seed,
  );
  const gain = 1 - mean(own) / mean(ofL10);
  const parts = [errors.train, errors.validation, errors.test];
  const spread = Math.max(...parts) / Math.min(...parts) - 1;
  return [
    {
      name: 'better than the last 10 games',
      required: true,
      ok: difference[1] < 0,
      found: `MAE ${mean(own).toFixed(3)} against ${mean(ofL10).toFixed(3)}, difference [${difference[0].toFixed(3)}, ${difference[1].toFixed(3)}]`,
    },
    {
      name: 'better by 3 %',
      required: false,
      ok: gain > 0.03,
      found: percent(gain),
    },
    {
      name: 'train, validation and test within 10 %',
      required: true,
      ok: spread <= 0.1,
      found: `${parts.map((error) => error.toFixed(3)).join(' / ')}, ${percent(spread)} (5 % is good, 3 % excellent)`,
    },
  ];
}
