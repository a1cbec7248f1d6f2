/** Reads `/v1/box_scores` as both: the games of a date with their scores, and the lines of the players of those that are over. */
import type { Reading } from '../source.ts';
import { boxScoresOf } from './box-scores.ts';
import { readGames } from './games.ts';

/**
 * The lines of players are none while no game is over.
 * @throws PayloadFault when the answer has no games or games of another date, has one twice, or has no players of those that are over
 */
export function readResults(document: unknown, date: string): Reading[] {
  return [...readGames(document, date), boxScoresOf(document, date)];
}
