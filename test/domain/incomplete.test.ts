/** What a backfill says of partitions that are built and lack rows or games. */
import { describe, expect, it } from 'vitest';
import {
  COMPLETE,
  incompleteOf,
  incompleteText,
  type AskedFor,
} from '../../shared/domain/decide/incomplete.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { PartitionFields } from '../support/partitions.ts';
import { DATES, day, except, never, viewOf } from '../support/view-of.ts';

const ALL: AskedFor = { dates: DATES, from: 'phase3', through: 'phase4', tables: null };
const BOX = `nbac_player_boxscores@${day(14)}`;
const SUMMARY = `player_summary@${day(14)}`;
const RESULTS = `nbac_game_results@${day(14)}`;
const LINES = `odds_api_game_lines@${day(14)}`;
/** Nothing of a night whose box scores were refused. */
const refused: PartitionFields = { status: 'partial', rows: 0, games: 0, reason: 'game_missing: a night' };
const short: PartitionFields = { status: 'partial', rows: 99, expectedRows: 100 };

function told(
  differences: Readonly<Record<string, PartitionFields | null>>,
  asked: Partial<AskedFor> = {},
): Record<'absent' | 'partial', string[]> {
  const { absent, partial } = incompleteOf(viewOf({ differently: except(differences) }), {
    ...ALL,
    ...asked,
  });
  return { absent: absent.map(refName), partial: partial.map(refName) };
}

const nothing = { absent: [], partial: [] };

describe('what the partitions of a request lack', () => {
  it('is nothing when every known row is there', () => {
    expect(told({})).toEqual(nothing);
  });

  it('are the raw night that was refused and every table that is made of it', () => {
    expect(told({ [BOX]: refused, [SUMMARY]: refused })).toEqual({ absent: [BOX, SUMMARY], partial: [] });
  });

  it('is a row: the partition is named, and counts as present', () => {
    expect(told({ [SUMMARY]: short })).toEqual({ absent: [], partial: [SUMMARY] });
  });

  it('is a game, however many of the rows are there', () => {
    expect(told({ [SUMMARY]: { ...short, games: 1 } }).absent).toEqual([SUMMARY]);
  });

  it('are scores of a night of which there are box scores', () => {
    expect(told({ [RESULTS]: refused }).absent).toEqual([RESULTS]);
  });

  it('is nothing but a name when a score was refused of a game that has no box score either', () => {
    const unread = { ...refused, reason: 'games_unread: a game' };
    expect(told({ [RESULTS]: unread, [BOX]: null })).toEqual({ absent: [], partial: [RESULTS] });
  });

  it('is a game that has box scores and no final score, although a row stands for it', () => {
    const unread = { status: 'partial', reason: 'games_unread: a game; game_missing: a game' } as const;
    expect(told({ [RESULTS]: unread })).toEqual({ absent: [RESULTS], partial: [] });
    expect(told({ [RESULTS]: { ...unread, givenUp: 'accepted by ann: lost' } })).toEqual(nothing);
  });

  it.each([
    ['a source that no table of played games is made of', { [LINES]: refused }],
    ['a date that has no rows for a reason', { [SUMMARY]: { status: 'empty', rows: 0 } as const }],
    ['a partition that was never built', { [SUMMARY]: never('failed', { reason: 'broken' }) }],
    ['what a request has let through', { [SUMMARY]: { ...refused, givenUp: 'accepted as missing: x@y' } }],
    [
      'a night that a person has given up, with the tables that are made of it',
      { [BOX]: { ...refused, givenUp: 'accepted by ann: lost' }, [SUMMARY]: refused },
    ],
  ])('is not %s', (_what, differences) => {
    expect(told(differences)).toEqual(nothing);
  });

  it('is looked for in the tables, dates and phases of the request', () => {
    const differences = { [BOX]: refused, [SUMMARY]: refused };
    expect(told(differences, { dates: [day(15)] })).toEqual(nothing);
    expect(told(differences, { through: 'phase2', from: 'phase2' })).toEqual(nothing);
    expect(told(differences, { from: 'phase4' }).absent).toEqual([BOX]);
    expect(told(differences, { tables: ['team_context'] })).toEqual(nothing);
    expect(told(differences, { tables: ['team_offense'] }).absent).toEqual([SUMMARY]);
  });
});

describe('the sentence of a verdict', () => {
  it('names three partitions of each kind and counts the others', () => {
    const refs = DATES.slice(0, 5).map((date) => ({ table: 'cache', date }));
    expect(incompleteText({ ...COMPLETE, absent: refs, partial: refs.slice(0, 1) })).toBe(
      `5 partitions lack games or rows: cache@${day(0)}, cache@${day(2)}, cache@${day(5)} and 2 more; 1 partition is partial: cache@${day(0)}`,
    );
  });

  it('is left out when nothing is lacking', () => {
    expect(incompleteText(COMPLETE)).toBeNull();
  });
});
