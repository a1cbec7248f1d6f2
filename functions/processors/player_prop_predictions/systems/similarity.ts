/** `similarity_balanced_v1`: what a player did in those of his games that were like this one. */
import { clamp } from '../../../../shared/domain/seeded-random.ts';
import {
  adjustmentTerms,
  answered,
  sumOf,
  totalOf,
  unanswered,
  type PastGame,
  type PlayerFeatures,
  type SystemResult,
  type Term,
} from './system.ts';
import { SIMILARITY, SIMILARITY_CALIBRATION } from './weights.ts';

const MIN_SCORE = 70;
const MIN_GAMES = 5;
const MAX_GAMES = 20;

/** The part of a game that is compared: the opponent, the rest, the venue and the form. */
type Situation = Omit<PastGame, 'points'>;

/** Tier of a defence by its rating, points for 100 possessions: 0 strong below 110, 1 below 115, 2 weak. */
function tierOf(rating: number): number {
  if (rating < 110) return 0;
  return rating < 115 ? 1 : 2;
}

/** Hot with at least 3 points more in the last 5 games than in the season, cold with 3 fewer. */
function formOf({ pointsLast5, pointsSeason }: Situation): 'hot' | 'cold' | 'normal' | undefined {
  if (pointsLast5 === null || pointsSeason === null) return undefined;
  const difference = pointsLast5 - pointsSeason;
  if (difference >= 3) return 'hot';
  return difference <= -3 ? 'cold' : 'normal';
}

/**
 * How alike two games of a player are, 0 to 100: 40 for the tier of the opponent (20 for the next one), 30 for the rest
 * (15 for one day apart; three and more days are one), 15 for the venue, 15 for the form (else 5). What is unknown in either gives nothing.
 */
export function similarityOf(game: Situation, past: Situation): number {
  let score = game.isHome === past.isHome ? 15 : 0;
  if (game.opponentDefRating !== null && past.opponentDefRating !== null) {
    const apart = Math.abs(tierOf(game.opponentDefRating) - tierOf(past.opponentDefRating));
    score += apart === 0 ? 40 : apart === 1 ? 20 : 0;
  }
  if (game.daysRest !== null && past.daysRest !== null) {
    const apart = Math.abs(Math.min(game.daysRest, 3) - Math.min(past.daysRest, 3));
    score += apart === 0 ? 30 : apart === 1 ? 15 : 0;
  }
  const form = formOf(game);
  if (form !== undefined) score += form === formOf(past) ? 15 : 5;
  return score;
}

/** The score before calibration, 0 to 1: by how many games are alike, how much, and how far their points lie apart. */
function rawConfidence(games: number, score: number, spread: number): number {
  const byGames = games >= 15 ? 20 : games >= 10 ? 15 : games >= 7 ? 10 : -15;
  const byScore = score >= 85 ? 20 : score >= 75 ? 15 : 10;
  const bySpread = spread < 4 ? 15 : spread < 6 ? 8 : spread < 8 ? 3 : -5;
  return clamp((50 + byGames + byScore + bySpread) / 100, 0, 1);
}

/** What a raw confidence stood for in past games: the value of the highest step that it reaches. */
function calibrated(raw: number): number {
  let value = SIMILARITY_CALIBRATION[0]?.confidence ?? raw;
  for (const step of SIMILARITY_CALIBRATION) if (raw >= step.from) value = step.confidence;
  return value;
}

/** An earlier game that is alike enough. */
export interface AlikeGame {
  /** What he scored in it. */
  readonly points: number;
  /** {@link similarityOf} this game, 70 to 100. */
  readonly score: number;
}

/** The earlier games of a player, each list with the latest last. */
export interface History {
  /** Those of the season. */
  readonly season: readonly PastGame[];
  /** Those of the season before it. */
  readonly seasonBefore: readonly PastGame[];
}

/**
 * His similar games, the most similar first, at most 20; of equals the later ones. The season before is looked at only where fewer than
 * five games of this one are alike, because a player changes from one season to the next.
 */
export function alikeGames(features: PlayerFeatures, { season, seasonBefore }: History): AlikeGame[] {
  const game: Situation = {
    opponentDefRating: features.opponent_def_rating,
    daysRest: features.days_rest,
    isHome: features.isHome,
    pointsLast5: features.points_avg_last_5,
    pointsSeason: features.points_avg_season,
  };
  const alikeOf = (games: readonly PastGame[]): AlikeGame[] =>
    games
      .map((past) => ({ points: past.points, score: similarityOf(game, past) }))
      .toReversed()
      .filter(({ score }) => score >= MIN_SCORE);
  const own = alikeOf(season);
  const alike = own.length < MIN_GAMES ? [...own, ...alikeOf(seasonBefore)] : own;
  return alike.toSorted((a, b) => b.score - a.score).slice(0, MAX_GAMES);
}

/** Similar games as a text, such as `21:100 14:85`: points and score of each; null without games. */
export function alikeText(alike: readonly AlikeGame[]): string | null {
  return alike.length === 0 ? null : alike.map(({ points, score }) => `${points}:${score}`).join(' ');
}

/** The similar games that {@link alikeText} tells of. */
export function alikeIn(text: string | null): AlikeGame[] {
  return (text ?? '').split(' ').flatMap((each) => {
    const [points = '', score = ''] = each.split(':');
    return score === '' ? [] : [{ points: Number(points), score: Number(score) }];
  });
}

/**
 * The mean points of his similar games, weighted by similarity, plus adjustments, with fitted weights. Fewer than five give no
 * answer.
 * @param alike his {@link alikeGames}
 */
export function similarGames(features: PlayerFeatures, alike: readonly AlikeGame[]): SystemResult {
  if (alike.length < MIN_GAMES) return unanswered('few_similar_games');
  let weight = 0;
  let weighted = 0;
  let points = 0;
  let squares = 0;
  for (const each of alike) {
    weight += each.score;
    weighted += each.score * each.points;
    points += each.points;
    squares += each.points * each.points;
  }
  const baseline = weighted / weight;
  const score = weight / alike.length;
  const mean = points / alike.length;
  // All points are whole numbers, so that the difference is exact, and zero when all are equal.
  const spread = Math.sqrt(Math.max(0, (squares - mean * points) / (alike.length - 1)));
  const adjustments = {
    fatigue: SIMILARITY.fatigue * ((features.fatigue_score ?? 70) - 70),
    shotZone: SIMILARITY.mismatch * (features.shot_zone_mismatch_score ?? 0),
    pace: SIMILARITY.pace * (features.pace_score ?? 0),
    usageSpike: SIMILARITY.usage * (features.usage_spike_score ?? 0),
    homeAway: features.isHome ? SIMILARITY.home : -SIMILARITY.home,
  };
  const raw = rawConfidence(alike.length, score, spread);
  const base: readonly Term[] = [
    { name: 'intercept', value: null, adds: SIMILARITY.intercept },
    { name: 'similar_games', value: baseline, adds: SIMILARITY.baseline * baseline },
  ];
  return answered({
    points: totalOf(base) + sumOf(adjustments),
    confidence: calibrated(raw),
    rawConfidence: raw,
    adjustments,
    terms: [...base, ...adjustmentTerms(features, adjustments)],
    similar: { baseline, games: alike.length, score },
  });
}
