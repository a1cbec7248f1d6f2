/** Which messages are accepted, and what a refused one is told. */
import { describe, expect, it } from 'vitest';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest, MAX_REQUEST_DATES } from '../../shared/messages/schemas.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';

const reasonOf = (body: unknown): string => {
  const decoded = decode(backfillRequest, typeof body === 'string' ? body : JSON.stringify(body));
  return decoded.ok ? 'accepted' : decoded.reason;
};
const range = { startDate: '2024-01-01', endDate: '2024-01-31' };

describe('a backfill request', () => {
  it.each<[string, object]>([
    ['a range', range],
    ['a range of one date', { startDate: '2024-02-29', endDate: '2024-02-29' }],
    ['a list of dates', { dates: ['2024-01-02'] }],
    [
      'as many dates as may be listed',
      { dates: Array.from({ length: MAX_REQUEST_DATES }, (_, i) => addDays(gameDate('2018-10-16'), i)) },
    ],
    ['a season', { season: '2023-24' }],
    ['the season of the turn of the century', { season: '1999-00' }],
    ['one phase', { ...range, from: 'phase4', through: 'phase4' }],
    [
      'everything it may say',
      {
        schemaVersion: 1,
        kind: 'backfill_request',
        requestId: 'r-1',
        season: '2023-24',
        from: 'phase2',
        through: 'phase5',
        tables: ['team_offense'],
        only: 'failed',
        restate: 'none',
        force: true,
        maxInFlight: 64,
        skipPreflight: { reason: 'I know' },
        dryRun: true,
        requestedBy: 'somebody',
      },
    ],
  ])('may say %s', (_what, request) => {
    expect(decode(backfillRequest, JSON.stringify(request))).toEqual({ ok: true, value: request });
  });

  it.each<[string, unknown, RegExp]>([
    ['no dates', {}, /^Say which dates: startDate and endDate, or dates, or season/],
    ['two ways to say dates', { ...range, season: '2023-24' }, /exactly one of the three/],
    [
      'three ways to say dates',
      { ...range, dates: ['2024-01-02'], season: '2023-24' },
      /exactly one of the three/,
    ],
    [
      'an end before its start',
      { startDate: '2024-01-31', endDate: '2024-01-01' },
      /^endDate: endDate 2024-01-01 is before startDate 2024-01-31$/,
    ],
    ['a start alone', { startDate: '2024-01-01' }, /startDate and endDate go together/],
    ['an end alone', { endDate: '2024-01-01' }, /startDate and endDate go together/],
    [
      'a word for a date',
      { startDate: 'TODAY', endDate: 'TODAY' },
      /^startDate: "TODAY" is not a calendar date in the form YYYY-MM-DD; endDate: /,
    ],
    [
      'a date that does not exist',
      { dates: ['2023-02-29'] },
      /^dates\.0: "2023-02-29" is not a calendar date/,
    ],
    ['an instant for a date', { dates: ['2024-01-02T00:00:00Z'] }, /dates\.0: .* is not a calendar date/],
    ['a number for a date', { dates: [20240102] }, /dates\.0: 20240102 is not a calendar date/],
    ['null for a date', { startDate: null, endDate: null }, /startDate: null is not a calendar date/],
    ['no date in its list', { dates: [] }, /^dates: /],
    [
      'too many dates',
      { dates: Array.from({ length: MAX_REQUEST_DATES + 1 }, (_, i) => addDays(gameDate('2018-10-16'), i)) },
      /^dates: .*2000/,
    ],
    [
      'years that do not follow each other',
      { season: '2023-25' },
      /^season: must be a season such as "2023-24"$/,
    ],
    ['a whole year for a season', { season: '2023' }, /^season: must be a season/],
    ['an unknown field', { ...range, phases: 3 }, /phases/],
    ['a misspelt field', { ...range, maxInflight: 3 }, /maxInflight/],
    [
      'an unknown phase',
      { ...range, from: 'phase6' },
      /^from: must be one of phase2, phase3, phase4, phase5$/,
    ],
    [
      'phases in the wrong order',
      { ...range, from: 'phase4', through: 'phase3' },
      /^through: through phase3 comes before from phase4$/,
    ],
    ['no table in its list', { ...range, tables: [] }, /^tables: /],
    ['an unknown choice', { ...range, only: 'some' }, /^only: must be one of all, missing, failed, stale$/],
    ['an unknown policy', { ...range, restate: true }, /^restate: must be one of auto, mark, none$/],
    ['text for a yes or no', { ...range, force: 'yes' }, /^force: /],
    ['none at once', { ...range, maxInFlight: 0 }, /^maxInFlight: /],
    ['too many at once', { ...range, maxInFlight: 65 }, /^maxInFlight: /],
    ['half a batch at once', { ...range, maxInFlight: 1.5 }, /^maxInFlight: /],
    [
      'no reason for going on in spite of gaps',
      { ...range, skipPreflight: { reason: '' } },
      /^skipPreflight\.reason: /,
    ],
    ['yes instead of a reason', { ...range, skipPreflight: true }, /^skipPreflight: /],
    ['an id with a slash', { ...range, requestId: 'a/b' }, /^requestId: must be 1 to 128 letters, digits/],
    ['another version', { ...range, schemaVersion: 2 }, /^schemaVersion: /],
    ['another kind', { ...range, kind: 'run_requested' }, /^kind: /],
    ['several faults at once', { ...range, from: 'x', force: 1 }, /from: .*; force: /],
    ['a list', [range], /must be a JSON object/],
    ['null', null, /must be a JSON object/],
    ['a number', 7, /must be a JSON object/],
    ['half of a text', '{"startDate": "2024', /^The message is not JSON: /],
    ['nothing', '', /^The message is not JSON: /],
  ])('is refused, in words, with %s', (_what, body, reason) => {
    expect(reasonOf(body)).toMatch(reason);
  });
});
