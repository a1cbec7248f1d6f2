/** A raw table looks again at a date of which its witness says something new. */
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { decideFollowers } from '../../shared/domain/decide/followers.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import { day, except, viewOf } from '../support/view-of.ts';

const registry = loadRegistry();
const PLAYERS = 'nbac_player_boxscores';
const TEAMS = 'nbac_team_boxscore';
const NIGHT = day(17);
const live = { through: 'phase2', correlationId: 'live-1' };

/** What follows for the other table of box scores when `table` has changed on a night. */
function followers(table: string, want: typeof live | null, otherIsCurrent = false) {
  const other = table === TEAMS ? PLAYERS : TEAMS;
  const now = evaluate(viewOf({ registry })).inputFingerprint(registry.get(other), NIGHT);
  const inputFingerprint = otherIsCurrent ? now : 'before.the.change';
  const view = viewOf({ registry, differently: except({ [`${other}@${NIGHT}`]: { inputFingerprint } }) });
  return decideFollowers(
    view,
    [{ table, date: NIGHT, want }],
    () => false,
    () => 60,
  ).filter((action) =>
    action.kind === 'request run' ? action.table === other : 'ref' in action && action.ref.table === other,
  );
}

describe.each([[PLAYERS], [TEAMS]])('when live work has changed %s', (table) => {
  it('asks for the other table of box scores on that date', () => {
    expect(followers(table, live)).toMatchObject([{ kind: 'request run', dates: [{ date: NIGHT }] }]);
  });

  it('nothing is asked for when what it was compared with is the same', () => {
    expect(followers(table, live, true)).toEqual([]);
  });
});

it('the other table of box scores is marked stale when a backfill has changed one', () => {
  expect(followers(TEAMS, null)).toMatchObject([{ kind: 'mark stale', ref: { date: NIGHT } }]);
});
