/** cdn.nba.com: the schedule with the scores so far, and box scores of games that have begun. */
import { CDN_PATHS, cdnAnswers, type CdnAnswers } from '../nba-cdn-answers.ts';
import { json, NO_SUCH_FILE, type LiveSource } from './answers.ts';
import type { Facts } from './facts.ts';

const recorded = new WeakMap<Facts, CdnAnswers>();

function answersOf(facts: Facts): CdnAnswers {
  const known = recorded.get(facts) ?? cdnAnswers(facts.textOf);
  recorded.set(facts, known);
  return known;
}

export const nbaCdn: LiveSource = ({ pathname }, at, facts) => {
  const answers = answersOf(facts);
  if (pathname === CDN_PATHS.schedule) {
    const over = new Set(facts.games.filter(({ overAt }) => overAt <= at).map(({ id }) => id));
    return json(answers.schedule(facts.season, (id) => over.has(id)));
  }
  const [, kind, , id] =
    /^\/static\/json\/liveData\/(boxscore|playbyplay)\/(boxscore|playbyplay)_(\d{10})\.json$/.exec(
      pathname,
    ) ?? [];
  const game = facts.games.find((each) => each.id === id);
  if (game === undefined) return undefined;
  if (at < game.tipoffAt) return NO_SUCH_FILE;
  if (kind === 'playbyplay') {
    const told = answers.playByPlay(game.id) as { readonly game: { readonly actions: readonly object[] } };
    const until = at >= game.overAt ? told.game.actions.length : told.game.actions.length - 1;
    return json({ ...told, game: { ...told.game, actions: told.game.actions.slice(0, until) } });
  }
  const answer = answers.boxScore(game.id) as { readonly game: object };
  if (at >= game.overAt) return json(answer);
  return json({ ...answer, game: { ...answer.game, gameStatus: 2, gameStatusText: 'Q3 4:31' } });
};
